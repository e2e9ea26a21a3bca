/**
 * Data sets of the Hugging Face Hub as sources of Parquet files, in Deno, Node and pages.
 *
 * Variables of the environment: `HF_TOKEN` opens gated and private data sets. `HF_ENDPOINT` is the
 * Hub's address; every request then goes there, those for conversions to Parquet too, unless
 * `HF_DATASETS_SERVER` names another address for these.
 *
 * @see https://huggingface.co/docs/dataset-viewer/parquet
 * @see https://huggingface.co/docs/hub/api
 */

import { DataError } from "../../errors.ts";
import type { DataFile, Progress, Source } from "../dataset.ts";
import { Http } from "./http.ts";
import { chooseFiles, type HubFile, isCommit, listDataset, type Listing } from "./listing.ts";
import { printable } from "./messages.ts";
import { RemoteFile } from "./remote_file.ts";
import type { Clock } from "./retry.ts";
import { openStore, seesRedirects, variable } from "./runtime.ts";
import type { Store } from "./store.ts";

/** How a data set of the Hub is found and fetched. */
export interface HubOptions {
  /** Also named behind a colon, `owner/name:config`; by default the only or preferred one. */
  config?: string;
  /** Splits to read, with commas between; all by default. */
  split?: string;
  /** A branch, tag or commit; by default what the Hub has converted of the main branch. */
  revision?: string;
  /** By default `HF_TOKEN`. It is sent to the Hub alone. */
  token?: string;
  /** By default `HF_ENDPOINT`, else https://huggingface.co. */
  endpoint?: string;
  /** Address of the conversions; by default `HF_DATASETS_SERVER`, else it follows the endpoint. */
  server?: string;
  /**
   * The folder below which fetched files are kept, `.cache` by default; pages have a cache of their
   * own. `false` keeps them in memory.
   */
  cache?: string | false;
  /** Says that only the first rows will be read: then only what is asked for is fetched. */
  limit?: number;
  /** Stops the work: `Cancelled` is thrown. */
  signal?: AbortSignal;
  /** Stage `wait` counts seconds, `download` bytes. */
  onProgress?: Progress;
  /** Is told what a person should know, such as that a conversion is partial. */
  onNote?: (text: string) => void;
}

/** What tests replace. */
export interface HubInternals {
  readonly clock?: Clock;
  readonly tries?: number;
  readonly silence?: number;
  readonly whole?: number;
  readonly part?: number;
}

/** "owner/name", with ":config" or without. */
const NAME = /^([\w-][\w.-]*\/[\w.-]+)(?::([^/\\]+))?$/;
const HUB = "https://huggingface.co";
const SERVER = "https://datasets-server.huggingface.co";

/** The parts of a Hub name, or undefined if it is none. */
export function parseHubName(name: string): { id: string; config?: string } | undefined {
  const [, id, config] = NAME.exec(name) ?? [];
  return id === undefined ? undefined : { id, config };
}

/**
 * Finds a data set of the Hub. Its files are fetched when they are read.
 *
 * @param name `owner/name` or `owner/name:config`
 * @throws {DataError} if the data set is unknown (near names are told) or closed, has no such
 *   configuration, split or revision, has nothing in Parquet, or the Hub cannot be reached
 * @throws {Cancelled} if the signal is set
 */
export async function openHub(
  name: string,
  options: HubOptions = {},
  internals: HubInternals = {},
): Promise<Source> {
  const hub = connect(name, options, internals);
  const listing = await listHub(hub, options);
  const { files, notes } = chooseFiles(listing, hub.config, options.split);
  notes.forEach((note) => options.onNote?.(note));
  const store = await openStore(options.cache ?? ".cache");
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  const onBytes = (more: number) => options.onProgress?.("download", bytes += more, total);
  const remote = { ...hub, ...internals, listing, store, sparse: !!options.limit, onBytes };
  const commit = isCommit(listing.revision) ? listing.revision : undefined;
  return { name, files: dataFiles(files, remote), commit };
}

/** Names of the configurations of a data set, and of the splits of each. */
export async function hubSplits(
  name: string,
  options: HubOptions = {},
): Promise<Record<string, string[]>> {
  const { files } = await listHub(connect(name, options, {}), options);
  const splits: Record<string, string[]> = {};
  for (const { config, split } of files) {
    const names = splits[config] ??= [];
    if (!names.includes(split)) names.push(split);
  }
  return splits;
}

interface Hub {
  readonly http: Http;
  readonly endpoint: string;
  readonly server: string;
  readonly id: string;
  readonly config?: string;
}

function connect(name: string, options: HubOptions, internals: HubInternals): Hub {
  const parts = parseHubName(name);
  if (!parts) throw new DataError(`"${name}" is no name of the Hub: give owner/name`);
  const { id, config } = parts;
  if (config !== undefined && options.config !== undefined && config !== options.config) {
    throw new DataError(`${name} names another configuration than ${options.config}: name one`);
  }
  const endpoint = address(options.endpoint ?? variable("HF_ENDPOINT") ?? HUB, "HF_ENDPOINT");
  const server = address(
    options.server ?? variable("HF_DATASETS_SERVER") ?? (endpoint === HUB ? SERVER : endpoint),
    "HF_DATASETS_SERVER",
  );
  const http = new Http({
    ...internals,
    token: checkToken(options.token ?? variable("HF_TOKEN")),
    trusted: [endpoint, server].map((url) => new URL(url).origin),
    signal: options.signal,
    onNote: options.onNote,
    what: `fetching ${id}`,
    seesRedirects,
  });
  return { http, endpoint, server, id, config: config ?? options.config };
}

function listHub(hub: Hub, { revision, onProgress }: HubOptions): Promise<Listing> {
  return listDataset({
    ...hub,
    revision,
    onWait: (seconds, most) => onProgress?.("wait", seconds, most),
  });
}

/** An address without the slash at its end. */
function address(text: string, variable: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.username) {
    return url.href.replace(/\/+$/, "");
  }
  throw new DataError(`${variable} must be an address such as ${HUB}: correct it`);
}

/** A token that a header can carry; no message ever repeats it. */
function checkToken(token: string | undefined): string | undefined {
  if (!token || /^[\x21-\x7e]+$/.test(token)) return token || undefined;
  throw new DataError("HF_TOKEN has characters that no token has: copy it again");
}

interface Remote extends Hub, HubInternals {
  readonly listing: Listing;
  readonly store: Store;
  readonly sparse: boolean;
  readonly onBytes: (bytes: number) => void;
}

/** Files that open when asked; the first one to do so has all footers fetched, some at a time. */
function dataFiles(files: readonly HubFile[], remote: Remote): DataFile[] {
  const opening = files.map((file) => once(() => openFile(file, remote)));
  const fetchFooters = once(() =>
    Promise.allSettled(opening.map(async (open) => (await open()).slice(-8)))
  );
  return files.map(({ path, split }, i) => ({
    name: nameOf(path, remote),
    split,
    open: () => {
      if (files.length > 1) fetchFooters();
      return opening[i]();
    },
  }));
}

/** Does something when it is first asked for. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => result ??= work();
}

function nameOf(path: string, { listing }: Remote): string {
  return `${listing.id}/${printable(path)}`;
}

async function openFile({ path, size }: HubFile, remote: Remote): Promise<RemoteFile> {
  const { endpoint, listing: { id, revision, key: commit }, store } = remote;
  const segments = path.split("/").map(encodeURIComponent).join("/");
  const page = `${endpoint}/datasets/${id}`;
  const url = `${page}/resolve/${encodeURIComponent(revision)}/${segments}`;
  const key = [id.replace("/", "--"), commit, `${path}.${size}`].map(keyPart).join("/");
  const parts = await store.open(key);
  return new RemoteFile({ ...remote, url, page, name: nameOf(path, remote), size, parts });
}

/** A name that is one folder on every disk, and never the folder above. */
function keyPart(text: string): string {
  const name = encodeURIComponent(text).replaceAll("*", "%2A").replace(/^\./, "%2E");
  if (name.length <= 200) return name;
  // FNV-1a: long names that begin alike differ in it.
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return `${name.slice(0, 90)}~${(hash >>> 0).toString(16)}~${name.slice(-90)}`;
}
