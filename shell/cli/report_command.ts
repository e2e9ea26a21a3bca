/** `asterism report`: makes the report of a run anew, and its pictures. */

import { join } from "node:path";
import process from "node:process";
import { checkWritable, writeAtomic } from "../data/index.ts";
import { Cancelled, UsageError } from "../errors.ts";
import { picturesOf, svgFile } from "../report/index.ts";
import { helpOf, parse } from "./options.ts";
import { print } from "./report.ts";
import { pngMaker } from "./png_file.ts";
import { readRunFolder, REPORT_FILE, reportOf } from "./report_file.ts";

const OPTIONS = {
  out: {
    kind: "text",
    value: "FILE",
    help: "where the report goes",
    otherwise: "report.html of the run",
  },
  svg: { kind: "text", value: "DIR", help: "write each picture there as an SVG file too" },
  png: {
    kind: "text",
    value: "DIR",
    help: "write each picture there as a PNG file too; needs packages, which it names",
  },
  dark: { kind: "flag", help: "those pictures on dark paper" },
  help: { kind: "flag", help: "this text" },
} as const;

const HEAD =
  `Makes the report of a run: scores, map, pictures and members of its clusters in one page.

Usage: asterism report RUN [options]

RUN is the folder that asterism train has written.
`;

/** Runs `asterism report ARGS`; the result is the exit code. */
export async function reportCommand(args: string[], signal: AbortSignal): Promise<number> {
  const { values, words } = parse("report", OPTIONS, args);
  if (values.help) {
    process.stdout.write(`${HEAD}\nOptions:\n${helpOf(OPTIONS)}\n`);
    return 0;
  }
  const [folder, ...more] = words;
  if (folder === undefined || more.length > 0) {
    throw new UsageError("report wants the folder of one run: asterism report runs/NAME");
  }
  const { svg, png, dark } = values;
  if (dark && svg === undefined && png === undefined) {
    throw new UsageError("--dark is for the pictures of --svg and --png: name a folder for them");
  }
  const makePng = png === undefined ? undefined : await pngMaker();
  const input = await readRunFolder(folder);
  for (const dir of [svg, png]) if (dir !== undefined) await checkWritable(dir);
  const out = values.out ?? join(folder, REPORT_FILE);
  await writeAtomic(out, await reportOf(input), signal);
  const written = [out];
  const pictures = svg === undefined && png === undefined ? [] : picturesOf(input);
  for (const picture of pictures) {
    const file = svgFile(picture.svg, dark ? "dark" : "light");
    const files = [
      ...svg === undefined ? [] : [[join(svg, `${picture.name}.svg`), file] as const],
      ...png === undefined ? [] : [[join(png, `${picture.name}.png`), makePng!(file)] as const],
    ];
    for (const [path, content] of files) {
      if (signal.aborted) throw new Cancelled("stopped");
      await writeAtomic(path, content, signal);
      written.push(path);
    }
  }
  return print(`written: ${written.join(", ")}`);
}
