/** What pages take by default is what the command line takes. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "../../shell/cli/options.ts";
import { OPTIONS } from "../../shell/cli/train_options.ts";
import { CLUSTERING, DEFAULTS } from "../../shell/run/defaults.ts";

const test = suite("defaults");

/** Of data, devices and files: a page asks for those in its own way. */
const ELSEWHERE = new Set([
  ...["data", "keep", "skip-bad-rows", "missing", "scale", "one-hot", "fit", "colour"],
  ...[
    "encoder",
    "features",
    "formats",
    "checkpoint",
    "plan",
    "quiet",
    "help",
    "map",
    "device",
    "out",
    "cache",
    "keep-length",
  ],
]);

for (const method of CLUSTERING) {
  test(method, () => {
    const { values } = parse("train", OPTIONS[method], []);
    const theirs = Object.entries(values).filter(([, value]) => value !== undefined);
    for (const [name, value] of Object.entries(DEFAULTS[method])) {
      assert.equal(value, values[name as keyof typeof values], name);
    }
    const missing = theirs.map(([name]) => name).filter((name) => !(name in DEFAULTS[method]));
    assert.equal(missing.filter((name) => !ELSEWHERE.has(name)), []);
  });
}

test.run();
