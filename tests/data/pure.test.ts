import { join } from "node:path";
import { cwd } from "node:process";
import { build, stop } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("data in browsers");

/** The modules that a web page uses: no file system, no zlib of the runtime. */
const PURE = [
  "assignments",
  "browser",
  "hub/hub",
  "images/files",
  "images/rows",
  "npy",
  "parquet",
  "png",
  "safetensors",
];

test("the pure modules bundle for browsers without a module of Node", async () => {
  const dir = join(cwd(), "shell", "data");
  try {
    const { metafile, errors } = await build({
      entryPoints: PURE.map((name) => join(dir, `${name}.ts`)),
      bundle: true,
      write: false,
      metafile: true,
      platform: "browser",
      format: "esm",
      outdir: "out",
      logLevel: "silent",
    });
    assert.equal(errors, []);
    const external = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
    assert.equal(external, []);
  } finally {
    await stop();
  }
});

test.run();
