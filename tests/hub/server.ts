/**
 * A small Hugging Face Hub on this machine: the routes that clients use, on one origin, and a CDN
 * for the files on another, with the real one's headers, refusals and redirects. Tests make it fail
 * by `fault`. Runs in Deno and Node.
 */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CORS, fail, type Fault, json, send } from "./respond.ts";

/** A file of a data set. */
export interface HubFile {
  /** `CONFIG/SPLIT/0000.parquet` of a conversion, any path in the repository itself. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A data set. */
export interface HubSet {
  readonly id: string;
  /** What the Hub has converted, by configuration and split. */
  readonly converted?: readonly HubFile[];
  /** What lies in the repository, on the main branch. */
  readonly own?: readonly HubFile[];
  readonly gated?: boolean;
  /** The head of the data set's card. */
  readonly cardData?: object;
  /** Grows when the data set changes. */
  readonly version?: number;
  /** How many questions for the conversion are answered by "not ready". */
  notReady?: number;
  /** Configurations whose conversion goes on, for as many questions. */
  pending?: { config: string; times: number };
  /** Status of a refused conversion. */
  readonly refusal?: number;
}

/** A request as the server saw it. */
export interface Seen {
  readonly at: "hub" | "cdn";
  readonly path: string;
  readonly range?: string;
  readonly authorization?: string;
}

/** The token that opens gated sets, and one of an account without access. */
export const TOKEN = "hf_test_open_sesame";
export const STRANGER = "hf_test_stranger";

const digest = (text: string | Uint8Array) => createHash("sha1").update(text).digest("hex");

/** The commit of what has been converted. */
const madeOf = ({ id, version = 1 }: HubSet) => digest(`${id} converted ${version}`);

/** The address of a server on a free port of this machine. */
function listen(server: Server): Promise<string> {
  return new Promise((resolve) =>
    server.listen(
      0,
      "127.0.0.1",
      () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    )
  );
}

/** The servers, with a log of what they saw. */
export class TestHub {
  /** Everything asked for, in order. */
  seen: Seen[] = [];
  /** The most requests that were under way at once. */
  most = 0;
  /** Asked for each request; preflights of pages are none. */
  fault: (request: Seen) => Fault | undefined = () => undefined;
  endpoint = "";
  cdn = "";
  readonly sets = new Map<string, HubSet>();
  /** Converted files of commits that are no longer those of their branch. */
  readonly #older = new Map<string, readonly HubFile[]>();
  readonly #servers: Server[] = [];
  #running = 0;

  /** Starts a Hub with some data sets. */
  static async start(sets: readonly HubSet[]): Promise<TestHub> {
    const hub = new TestHub();
    for (const set of sets) hub.sets.set(set.id, set);
    hub.cdn = await hub.#serve("cdn", (...args) => hub.#file(...args));
    hub.endpoint = await hub.#serve("hub", (...args) => hub.#route(...args));
    return hub;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }));
  }

  /** Forgets what was seen and what goes wrong. */
  reset(): void {
    this.seen = [];
    this.most = 0;
    this.fault = () => undefined;
  }

  /** Requests for the bytes of files. */
  get fetched(): Seen[] {
    return this.seen.filter(({ at }) => at === "cdn");
  }

  async #serve(at: Seen["at"], handle: Handler): Promise<string> {
    const server = createServer((request, response) => {
      if (request.method === "OPTIONS") return void response.writeHead(204, CORS).end();
      const url = new URL(request.url!, "http://localhost");
      // What pages ask to look behind the scenes: no part of the Hub.
      if (url.pathname === "/_seen") return json(response, this.seen);
      const { range, authorization } = request.headers;
      const seen = { at, path: `${url.pathname}${url.search}`, range, authorization };
      this.seen.push(seen);
      this.most = Math.max(this.most, ++this.#running);
      response.on("close", () => {
        this.#running--;
        clearTimeout(timer);
      });
      const fault = this.fault(seen) ?? {};
      const timer = setTimeout(() => {
        if (fault.status === undefined) return handle(url, request, response, fault);
        fail(response, fault.status, "", fault.headers);
      }, fault.delay ?? 0);
    });
    this.#servers.push(server);
    return await listen(server);
  }

  #route(url: URL, request: IncomingMessage, response: ServerResponse, fault: Fault): void {
    const path = url.pathname.split("/").slice(1).map(decodeURIComponent);
    const query = url.searchParams;
    const token = request.headers.authorization?.replace("Bearer ", "");
    if (path[0] === "parquet") return this.#parquet(query.get("dataset") ?? "", token, response);
    if (path[0] === "splits") return this.#splits(query.get("dataset") ?? "", response);
    if (path[0] === "api" && path.length === 2) return this.#search(query, response);
    const [owner, name, verb, revision, ...rest] = path[0] === "api"
      ? path.slice(2)
      : path.slice(1);
    const set = this.sets.get(`${owner}/${name}`);
    if (!set) return fail(response, token ? 404 : 401, "RepoNotFound");
    if (path[0] === "api") {
      const files = this.#files(set, revision ?? "main");
      if (!files) return fail(response, 404, "RevisionNotFound");
      if (verb === "tree") return this.#tree(url, files, response);
      return json(response, {
        id: set.id,
        sha: this.commit(set, revision),
        private: false,
        gated: set.gated ? "manual" : false,
        cardData: set.cardData,
      });
    }
    if (verb === "resolve") this.#resolve(set, revision, rest.join("/"), token, response, fault);
    else fail(response, 404, "EntryNotFound");
  }

  /** Somebody changes a data set: its branches have other files and commits from now on. */
  moveOn(id: string, converted: readonly HubFile[]): void {
    const set = this.sets.get(id)!;
    this.#older.set(madeOf(set), set.converted!);
    this.sets.set(id, { ...set, converted, version: (set.version ?? 1) + 1 });
  }

  /** The commit of a branch of a data set. */
  commit(set: HubSet, revision = "main"): string {
    if (this.#older.has(revision)) return revision;
    const made = madeOf(set);
    const converted = revision.includes("convert") || revision === made;
    return converted ? made : digest(`${set.id} own`);
  }

  #files(set: HubSet, revision: string): readonly HubFile[] | undefined {
    if (["refs/convert/parquet", madeOf(set)].includes(revision)) {
      return set.converted;
    }
    if (this.#older.has(revision)) return this.#older.get(revision);
    return ["main", digest(`${set.id} own`)].includes(revision) ? set.own ?? [] : undefined;
  }

  #parquet(id: string, token: string | undefined, response: ServerResponse): void {
    const set = this.sets.get(id);
    if (!set || set.gated && token !== TOKEN) {
      const code = token ? "ExternalAuthenticatedError" : "ExternalUnauthenticatedError";
      return fail(response, token ? 404 : 401, code);
    }
    if (set.refusal) return fail(response, set.refusal, "ConversionDisabledError");
    if (set.notReady) {
      set.notReady--;
      return fail(response, 500, "ResponseNotReady");
    }
    const waiting = set.pending && set.pending.times-- > 0 ? set.pending.config : undefined;
    if (!set.converted) return fail(response, 501, "ConversionDisabledError");
    const all = set.converted.map(({ path, bytes }) => {
      const [config, split, filename] = path.split("/");
      return {
        ...{ dataset: id, config, split: split.replace("partial-", ""), filename },
        url: `https://huggingface.co/datasets/${id}/resolve/refs%2Fconvert%2Fparquet/${path}`,
        size: bytes.length,
      };
    });
    json(response, {
      parquet_files: all.filter(({ config }) => config !== waiting),
      pending: waiting === undefined ? [] : [{ dataset: id, config: waiting }],
      failed: [],
      partial: set.converted.some(({ path }) => path.includes("/partial-")),
    });
  }

  #splits(id: string, response: ServerResponse): void {
    const set = this.sets.get(id);
    if (!set?.converted) return fail(response, 404, "ResponseNotFound");
    const splits = set.converted.map(({ path }) => path.split("/"))
      .map(([config, split]) => ({ dataset: id, config, split }));
    json(response, { splits, pending: [], failed: [] });
  }

  #search(query: URLSearchParams, response: ServerResponse): void {
    const [search, author] = [query.get("search"), query.get("author")];
    const found = [...this.sets.keys()].filter((id) =>
      (search === null || id.toLowerCase().includes(search.toLowerCase())) &&
      (author === null || id.startsWith(`${author}/`))
    );
    json(response, found.slice(0, Number(query.get("limit") ?? 100)).map((id) => ({ id })));
  }

  /** Two entries a page, so that clients must turn pages. */
  #tree(url: URL, files: readonly HubFile[], response: ServerResponse): void {
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const page = files.slice(from, from + 2).map(({ path, bytes }) => ({
      ...{ type: "file", path, size: bytes.length, oid: digest(bytes) },
      ...bytes.length > 1000 ? { size: 130, lfs: { oid: digest(bytes), size: bytes.length } } : {},
    }));
    const next = new URL(url.pathname, `https://huggingface.co`);
    next.searchParams.set("cursor", `${from + 2}`);
    const more = from + 2 < files.length;
    json(response, page, more ? { Link: `<${next.href}>; rel="next"` } : {});
  }

  #resolve(
    set: HubSet,
    revision: string,
    path: string,
    token: string | undefined,
    response: ServerResponse,
    fault: Fault,
  ): void {
    if (set.gated && token !== TOKEN) return fail(response, token ? 403 : 401, "GatedRepo");
    const file = this.#files(set, revision)?.find((one) => one.path === path);
    if (!file) return fail(response, 404, "EntryNotFound");
    const at = [set.id, this.commit(set, revision), path].join("/");
    response.writeHead(302, {
      ...CORS,
      Location: `${this.cdn}/${at.split("/").map(encodeURIComponent).join("/")}?Signature=abc`,
      ETag: `"${digest(file.bytes)}"`,
      "X-Repo-Commit": this.commit(set, revision),
      "X-Linked-Size": `${file.bytes.length}`,
      ...fault.headers,
    }).end();
  }

  /** The CDN: signed addresses, ranges, and no patience with tokens of others. */
  #file(url: URL, request: IncomingMessage, response: ServerResponse, fault: Fault): void {
    if (request.headers.authorization) return fail(response, 400, "UnsupportedAuthorization");
    const [owner, name, commit, ...path] = url.pathname.split("/").slice(1).map(decodeURIComponent);
    const set = this.sets.get(`${owner}/${name}`);
    const file = set && this.#files(set, commit)?.find((one) => one.path === path.join("/"));
    if (!file) return fail(response, 404, "NoSuchKey");
    const bytes = fault.body ?? file.bytes;
    const headers = {
      ...CORS,
      ETag: `"${fault.etag ?? digest(file.bytes)}"`,
      "Content-Type": "application/octet-stream",
      "Accept-Ranges": "bytes",
      ...fault.headers,
    };
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    if (from === undefined || fault.whole) {
      return send(
        response.writeHead(200, { ...headers, "Content-Length": bytes.length }),
        bytes,
        fault,
      );
    }
    const begin = Number(from), end = Math.min(to ? Number(to) + 1 : bytes.length, bytes.length);
    if (begin >= bytes.length) {
      return fail(response, 416, "InvalidRange", { "Content-Range": `bytes */${bytes.length}` });
    }
    response.writeHead(206, {
      ...headers,
      "Content-Range": `bytes ${begin}-${end - 1}/${bytes.length}`,
      "Content-Length": end - begin,
    });
    send(response, bytes.subarray(begin, end), fault);
  }
}

type Handler = (url: URL, request: IncomingMessage, response: ServerResponse, fault: Fault) => void;
