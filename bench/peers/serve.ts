/** A small static server for pages that need shared memory. */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** A running server. */
export interface Site {
  /** Where it listens, with a slash at the end. */
  readonly url: string;
  close(): void;
}

/**
 * Serves files on a free local port, with the headers of cross-origin isolation.
 *
 * @param routes by path: the content itself, or for a path that ends with a slash, a folder
 */
export function serve(routes: Record<string, string | URL>): Promise<Site> {
  const folders = Object.keys(routes).filter((route) => routes[route] instanceof URL);
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const folder = folders.find((route) => pathname.startsWith(route));
    try {
      const body = folder
        ? await readFile(new URL(pathname.slice(folder.length), routes[folder]))
        : routes[pathname];
      if (body === undefined) throw new Error("no route");
      response.writeHead(200, {
        "Content-Type": TYPES[extname(pathname) || ".html"] ?? "application/octet-stream",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        close() {
          server.closeAllConnections();
          server.close();
        },
      }))
  );
}
