/** Answers of the test Hub, good and bad. */

import type { ServerResponse } from "node:http";

/** What goes wrong with a request. */
export interface Fault {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Body bytes after which the connection is cut, or falls silent. */
  readonly cut?: number;
  readonly silent?: number;
  /** Milliseconds before the answer. */
  readonly delay?: number;
  /** Ignore ranges. */
  readonly whole?: boolean;
  readonly etag?: string;
  /** Sent instead of the file. */
  readonly body?: Uint8Array;
}

/** What lets pages of other origins read the answers. */
export const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "Authorization, Range, Content-Type",
  "Access-Control-Expose-Headers":
    "X-Error-Code, X-Error-Message, ETag, Link, Accept-Ranges, Content-Range, Content-Length, " +
    "RateLimit, Retry-After, X-Repo-Commit, X-Linked-Size, X-Linked-ETag",
  // A page that is isolated takes nothing else.
  "Cross-Origin-Resource-Policy": "cross-origin",
};

/** Answers with a document. */
export function json(
  response: ServerResponse,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(200, { ...CORS, "Content-Type": "application/json", ...headers })
    .end(JSON.stringify(body));
}

/** Refuses as the Hub does, by a status and a name. */
export function fail(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    ...CORS,
    ...code ? { "X-Error-Code": code } : {},
    "Content-Type": "application/json",
    ...headers,
  }).end(JSON.stringify({ error: code }));
}

/** Sends a body, or the part of it that comes before an accident. */
export function send(response: ServerResponse, bytes: Uint8Array, { cut, silent }: Fault): void {
  const part = cut ?? silent;
  if (part === undefined || part >= bytes.length) return void response.end(bytes);
  response.write(bytes.subarray(0, part), () => {
    // Time for the bytes to leave before the connection dies.
    if (cut !== undefined) setTimeout(() => response.socket?.destroy(), 20);
  });
}
