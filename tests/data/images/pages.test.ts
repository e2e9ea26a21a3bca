// What also runs in pages: nothing here needs files or modules of Node.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeImage } from "../../../shell/data/images/decode.ts";
import { ImageRows } from "../../../shell/data/images/rows.ts";
import { AS_THEY_ARE } from "../../../shell/data/images/settings.ts";
import others from "../golden/others.json" with { type: "json" };
import golden from "./golden.json" with { type: "json" };

const test = suite("images in every runtime");

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const files = [...Object.values(golden.jpeg), ...Object.values(others.png)]
  .map(({ file }) => fromBase64(file));

async function hash(pixels: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(pixels));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

test("the same pixels, to the bit", async () => {
  const all = files.flatMap((file) => [...decodeImage(file, AS_THEY_ARE).data]);
  assert.is(
    await hash(Uint8Array.from(all)),
    "4a424e0229918b24f32c2151deeb9490a115a813cc7aa8a1856b015130c1f582",
  );
});

test("the same rows from threads", async () => {
  const settings = { ...AS_THEY_ARE, size: [16, 20], colour: "rgb" } as const;
  for (const workers of [0, 2]) {
    const rows = new ImageRows(files.length, { settings, workers });
    await rows.push(files, (i) => ({ file: `${i}` }));
    const { data, shape, n } = await rows.finish();
    assert.equal([n, ...shape], [files.length, 16, 20, 3]);
    assert.is(
      await hash(data),
      "d27cd1c99820639630dd8c5108bad78e7131bacc94e9dcf0f2197a4b3eb56048",
      `${workers} threads`,
    );
  }
});

test.run();
