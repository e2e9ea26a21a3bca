/** `asterism web`: serves the studio to this machine's browser. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { Cancelled, DataError, UsageError } from "../errors.ts";
import { helpOf, parse } from "./options.ts";
import { StudioFiles } from "./studio_files.ts";
import { refuseWords } from "./words.ts";

const OPTIONS = {
  port: {
    kind: "integer",
    min: 0,
    max: 65_535,
    default: 8000,
    help: "to listen on, 0 for any that is free",
  },
  host: { kind: "text", value: "NAME", default: "127.0.0.1", help: "address to listen on" },
  "not-isolated": {
    kind: "flag",
    help: "leave out the headers that threads need, as some hosts do",
  },
  help: { kind: "flag", help: "this text" },
} as const;

const HEAD = `Serves the studio, a page in which data are clustered: nothing leaves this machine.

Usage: asterism web [options]

HF_ENDPOINT in the environment names another Hub than https://huggingface.co for the page to read.
`;

/** Runs `asterism web ARGS`; the result is the exit code. */
export async function webCommand(args: string[], signal: AbortSignal): Promise<number> {
  const { values, words } = parse("web", OPTIONS, args);
  if (values.help) {
    process.stdout.write(`${HEAD}\nOptions:\n${helpOf(OPTIONS)}\n`);
    return 0;
  }
  refuseWords("web", words);
  const files = new StudioFiles(!values["not-isolated"], hub());
  const server = createServer((request, response) => void files.answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new DataError(
          error.code === "EADDRINUSE"
            ? `port ${values.port} is in use: choose another by --port`
            : `${values.host}:${values.port} cannot be listened on: ${error.message}`,
        ),
      ));
    server.listen(values.port, values.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = values.host === "127.0.0.1" ? "localhost" : values.host;
  process.stdout.write(`the studio is at http://${host}:${port}/ (Ctrl-C ends it)\n`);
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  server.closeAllConnections();
  server.close();
  throw new Cancelled("the studio is closed");
}

/** Another Hub that the page is to read, or null. */
function hub(): URL | null {
  const { HF_ENDPOINT } = process.env;
  if (!HF_ENDPOINT) return null;
  if (!/^https?:/i.test(HF_ENDPOINT) || !URL.canParse(HF_ENDPOINT)) {
    throw new UsageError(
      `HF_ENDPOINT must be an address such as https://huggingface.co, got "${HF_ENDPOINT}"`,
    );
  }
  return new URL(HF_ENDPOINT);
}
