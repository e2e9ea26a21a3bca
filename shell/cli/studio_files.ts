/** The files of the studio, as its server gives them. */

import { Buffer } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";
import { asset } from "../device/assets.ts";
import { element } from "../report/markup.ts";

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
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "connect-src 'self' https://huggingface.co https://*.huggingface.co https://*.hf.co",
];

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** A file as it is sent, and when it was made: a new build shows at once. */
interface Cached {
  readonly made: number;
  readonly body: Buffer;
}

/** Answers requests for what is built, and for nothing else. */
export class StudioFiles {
  readonly #cache = new Map<string, Cached>();
  readonly #policy: string;

  /**
   * @param isolated whether pages may have threads
   * @param hub another Hub for the page to read; files may come from any port of its host
   */
  constructor(readonly isolated: boolean, readonly hub: URL | null) {
    const more = hub ? ` ${hub.protocol}//${hub.hostname}:*` : "";
    this.#policy = POLICY.join("; ") + more;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname === "/" ? "/studio.html" : pathname;
    const refuse = (code: number, text: string) =>
      response.writeHead(code, { "Content-Type": "text/plain" }).end(text);
    if (request.method !== "GET" && request.method !== "HEAD") return void refuse(405, "only GET");
    if (!SERVED.test(path)) return void refuse(404, "there is no such file");
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    const packed = /text|javascript|json|wasm/.test(type) &&
      /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
    const body = await this.#body(path, packed).catch(() => null);
    if (!body) return void refuse(404, "there is no such file");
    response.writeHead(200, {
      "Content-Type": type,
      "Content-Length": body.length,
      ...packed && { "Content-Encoding": "gzip" },
      "Content-Security-Policy": this.#policy,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      // Chunks have their hash in their names.
      "Cache-Control": /-[A-Z0-9]{8}\./.test(path) ? "max-age=31536000, immutable" : "no-cache",
      ...this.isolated && ISOLATION,
    }).end(request.method === "HEAD" ? undefined : body);
  }

  async #body(path: string, packed: boolean): Promise<Buffer> {
    const file = asset(path.slice(1)), key = `${path} ${packed}`;
    const { mtimeMs: made } = await stat(file);
    const known = this.#cache.get(key);
    if (known?.made === made) return known.body;
    const bytes = path === "/studio.html" ? this.#told(await readFile(file)) : await readFile(file);
    const body = packed ? gzipSync(bytes) : bytes;
    this.#cache.set(key, { made, body });
    return body;
  }

  /** The page, told which Hub to read. */
  #told(page: Buffer): Buffer {
    if (!this.hub) return page;
    const { text } = element("meta", { name: "hub", content: this.hub.href });
    return Buffer.from(page.toString().replace("</head>", () => `${text}</head>`));
  }
}
