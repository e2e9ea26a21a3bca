/** `asterism web`: serves the studio to this machine's browser. */

import { Buffer } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { asset } from "../device/assets.ts";
import { Cancelled, DataError } from "../errors.ts";
import { helpOf, parse } from "./options.ts";
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
`;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".csv": "text/csv; charset=utf-8",
};

/** Files that a page may have, all in one folder but for the samples. */
const SERVED = /^\/(samples\/)?[\w-]+(\.[\w-]+)*\.(html|js|css|wasm|csv|gz|map)$/;

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self' https://huggingface.co https://*.huggingface.co https://*.hf.co",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** Runs `asterism web ARGS`; the result is the exit code. */
export async function webCommand(args: string[], signal: AbortSignal): Promise<number> {
  const { values, words } = parse("web", OPTIONS, args);
  if (values.help) {
    process.stdout.write(`${HEAD}\nOptions:\n${helpOf(OPTIONS)}\n`);
    return 0;
  }
  refuseWords("web", words);
  const cache = new Map<string, Cached>();
  const server = createServer((request, response) =>
    void answer(request, response, !values["not-isolated"], cache)
  );
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

/** A file as it is sent, and when it was made: a new build shows at once. */
interface Cached {
  readonly made: number;
  readonly body: Buffer;
}

async function bodyOf(path: string, packed: boolean, cache: Map<string, Cached>): Promise<Buffer> {
  const file = asset(path.slice(1)), key = `${path} ${packed}`;
  const { mtimeMs: made } = await stat(file);
  const known = cache.get(key);
  if (known?.made === made) return known.body;
  const bytes = await readFile(file), body = packed ? gzipSync(bytes) : bytes;
  cache.set(key, { made, body });
  return body;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  isolated: boolean,
  cache: Map<string, Cached>,
): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const path = pathname === "/" ? "/studio.html" : pathname;
  const refuse = (code: number, text: string) =>
    response.writeHead(code, { "Content-Type": "text/plain" }).end(text);
  if (request.method !== "GET" && request.method !== "HEAD") return void refuse(405, "only GET");
  if (!SERVED.test(path)) return void refuse(404, "there is no such file");
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  const packed = /text|javascript|json|wasm/.test(type) &&
    /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  const body = await bodyOf(path, packed, cache).catch(() => null);
  if (!body) return void refuse(404, "there is no such file");
  response.writeHead(200, {
    "Content-Type": type,
    "Content-Length": body.length,
    ...packed && { "Content-Encoding": "gzip" },
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    // Chunks have their hash in their names.
    "Cache-Control": /-[A-Z0-9]{8}\./.test(path) ? "max-age=31536000, immutable" : "no-cache",
    ...isolated && ISOLATION,
  }).end(request.method === "HEAD" ? undefined : body);
}
