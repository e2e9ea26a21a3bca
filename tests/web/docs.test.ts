/** The site of the documentation, as `deno task docs` builds it. */

import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("docs");

const OUT = "dist/docs";

function pagesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? pagesBelow(path) : path.endsWith(".html") ? [path] : [];
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&#x2F;": "/",
  "&amp;": "&",
  "&#39;": "'",
  "&quot;": '"',
};
const plain = (text: string) => text.replace(/&(?:#x2F|amp|#39|quot);/g, (one) => ENTITIES[one]);

test("every link leads somewhere within the site, and none to this machine", async () => {
  await promisify(execFile)(process.execPath, ["run", "-A", "scripts/docs.mjs"]);
  const pages = pagesBelow(OUT).filter((page) => !page.startsWith(join(OUT, "docs")));
  assert.ok(pages.length > 500, `${pages.length} pages`);
  const broken = new Set<string>();
  let links = 0;
  for (const page of pages) {
    const text = readFileSync(page, "utf8");
    assert.not.match(text, encodeURI(process.cwd()));
    for (const [, found] of text.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      const [path] = plain(found).split(/[?#]/);
      if (path === "" || /^(https?|mailto|data):/.test(path)) continue;
      links++;
      if (!existsSync(join(dirname(page), decodeURIComponent(path)))) {
        broken.add(`${path} in ${page}`);
      }
    }
  }
  assert.ok(links > 10_000, `${links} links`);
  assert.equal([...broken].slice(0, 10), []);
});

test("the API says what is imported, in words", () => {
  const api = readFileSync(join(OUT, "api.html"), "utf8");
  for (
    const name of ["asterism", "asterism/data", "asterism/core", "asterism/map", "asterism/page"]
  ) {
    assert.match(api, new RegExp(`<code>${name}</code></a>: (<code>)?[\\w&]`), name);
  }
  const page = readFileSync(join(OUT, "api", "asterism", "~", "Autoencoder.html"), "utf8");
  assert.match(page, /reconstruct/);
});

test.run();
