/** The thread that decodes images: a batch in, its pixels out. */

import type { Inflate } from "../dataset.ts";
import { type Batch, decodeBatch } from "./batch.ts";

interface Scope {
  postMessage?(message: unknown, transfer: ArrayBuffer[]): void;
  onmessage?: (event: { data: Batch }) => void;
  process?: { versions?: { node?: string } };
}

const scope = globalThis as unknown as Scope;

/** The runtime's zlib, where it has one: a chunk of its own, which browsers never load. */
const inflate: Inflate | undefined = scope.process?.versions?.node
  ? (await import("../zlib.ts")).inflate
  : undefined;

function answer(batch: Batch, post: NonNullable<Scope["postMessage"]>): void {
  const decoded = decodeBatch(batch, inflate);
  post(decoded, [decoded.data.buffer, decoded.bytes.buffer]);
}

if (scope.postMessage) {
  const post = scope.postMessage.bind(globalThis);
  scope.onmessage = ({ data }) => answer(data, post);
  post("ready", []);
} else {
  const { parentPort } = await import("node:worker_threads");
  const port = parentPort!;
  port.on("message", (batch: Batch) => answer(batch, (m, t) => port.postMessage(m, t)));
  port.postMessage("ready");
}
