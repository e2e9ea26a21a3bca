/** What a data set of the Hub consists of: Parquet files by configuration and split. */

import { DataError } from "../../errors.ts";
import { bySplit } from "../split_names.ts";
import { HttpError } from "./http.ts";
import { listed, noAccess, type Place, printable, refusal } from "./messages.ts";
import { repositoryFiles } from "./repository.ts";
import { askedDelay } from "./retry.ts";

/** One Parquet file. */
export interface HubFile {
  readonly config: string;
  readonly split: string;
  /** Below the revision's root. */
  readonly path: string;
  readonly size: number;
}

/** All Parquet files of a data set. */
export interface Listing {
  /** The data set's name, which is another than was asked for if it has been renamed. */
  readonly id: string;
  /** The commit that the files are of, or the branch where the Hub names no commit. */
  readonly revision: string;
  /** The same for the cache: a commit in any case. */
  readonly key: string;
  readonly files: readonly HubFile[];
  /** The configuration that the data set's card prefers. */
  readonly preferred?: string;
}

/** What the listing of a data set needs. */
export interface ListingOptions extends Place {
  /** Address of the server that converts data sets to Parquet. */
  readonly server: string;
  readonly id: string;
  readonly config?: string;
  /** A branch, tag or commit; the conversion exists for the main branch alone. */
  readonly revision?: string;
  /** Is told how many seconds a conversion has been waited for, of how many at most. */
  readonly onWait?: (seconds: number, most: number) => void;
}

/** Seconds between two looks at a conversion that goes on, and the most that is waited. */
const LOOK = 5;
const MOST = 600;
const CONVERTED = "refs/convert/parquet";

/**
 * Lists a data set: as the Hub has converted it, else by its own Parquet files.
 *
 * @throws {DataError} if it is unknown, closed, has no such revision or nothing in Parquet
 */
export async function listDataset(options: ListingOptions): Promise<Listing> {
  const { http, endpoint, revision } = options;
  const info = await describe(options, options.id, revision).catch(async (error) => {
    throw await refusal(options, error, options.id, revision);
  });
  const id = /^[\w-][\w.-]*\/[\w.-]+$/.test(String(info.id)) ? String(info.id) : options.id;
  const configs = (info.cardData as { configs?: unknown } | null | undefined)?.configs;
  const named = Array.isArray(configs) ? configs : [];
  const preferred = named.find((one) => one?.default === true)?.config_name;
  const about = { id, ...typeof preferred === "string" ? { preferred } : {} };
  const closed = (error: unknown) => {
    if (!info.gated || !(error instanceof HttpError) || ![401, 403, 404].includes(error.status)) {
      return error;
    }
    return new DataError(noAccess(`${id}, which is gated`, `${endpoint}/datasets/${id}`), {
      cause: error,
    });
  };
  try {
    const converted = await conversion({ ...options, id }, revision);
    if (converted) {
      const { sha } = await describe(options, id, CONVERTED).catch((error) => {
        if (error instanceof HttpError && error.status === 404) return { sha: undefined };
        throw error;
      });
      const made = commit(sha, CONVERTED);
      const key = sha === undefined ? `${commit(info.sha, "main")}-converted` : made;
      return { ...about, revision: made, key, files: converted };
    }
    const sha = commit(info.sha, revision ?? "main");
    const any = revision !== undefined && revision !== "main";
    const files = await repositoryFiles(http, endpoint, id, sha, configs, any);
    if (files.length) return { ...about, revision: sha, key: sha, files };
  } catch (error) {
    throw await refusal(options, closed(error), id, revision);
  }
  throw new DataError(
    `${id} has no Parquet files${revision ? ` at revision "${printable(revision)}"` : ""}, and ` +
      `the Hub has ${revision ? "only its main branch" : "not"} converted: ${
        revision ? "leave --revision out" : "download its files and give them by their path"
      }`,
  );
}

async function describe(options: ListingOptions, id: string, revision?: string) {
  const { http, endpoint } = options;
  const at = revision === undefined ? "" : `/revision/${encodeURIComponent(revision)}`;
  const { body } = await http.json(`${endpoint}/api/datasets/${id}${at}`);
  return (body ?? {}) as Record<string, unknown>;
}

/** A commit, if the Hub names one; it becomes part of paths. */
function commit(sha: unknown, otherwise: string): string {
  return isCommit(String(sha)) ? String(sha) : otherwise;
}

/** Whether a revision is a commit: what it names never changes. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{7,64}$/.test(revision);
}

/** The files that the Hub has made, when it has made them; undefined if it has not and will not. */
async function conversion(
  options: ListingOptions,
  revision: string | undefined,
): Promise<HubFile[] | undefined> {
  if (revision !== undefined && revision !== "main") return undefined;
  const { http, server, id, config, onWait } = options;
  const { clock } = http;
  const since = clock.now();
  for (;;) {
    let wait = LOOK * 1000;
    try {
      const { body } = await http.json(`${server}/parquet?dataset=${encodeURIComponent(id)}`);
      const { files, pending } = parse(body);
      const awaited = pending.some((one) => config === undefined || one.config === config);
      const there = files.some((one) => config === undefined || one.config === config);
      if (there || !awaited) return files.length ? files : undefined;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      // By this name the server says that it may not look, not that there is nothing.
      const blind = error.code === "ExternalAuthenticatedError";
      if ([401, 403].includes(error.status) || blind) throw error;
      if (error.code !== "ResponseNotReady") return undefined;
      wait = askedDelay(error.headers) ?? wait;
    }
    const waited = Math.round((clock.now() - since) / 1000);
    if (waited >= MOST) {
      throw new DataError(
        `the Hub is still converting ${id} to Parquet after ${MOST / 60} minutes: try again later`,
      );
    }
    onWait?.(waited, MOST);
    await clock.sleep(wait, http.options.signal);
  }
}

function parse(body: unknown) {
  const { parquet_files, pending } = (body ?? {}) as Record<string, unknown>;
  const files = (Array.isArray(parquet_files) ? parquet_files : []).flatMap((one) => {
    // ".../resolve/REVISION/PATH": the server's own address may be that of another endpoint.
    const path = /\/resolve\/[^/]+\/([^?#]+)$/.exec(String(one?.url))?.[1];
    const size = Number(one?.size);
    if (path === undefined || !Number.isSafeInteger(size)) return [];
    const { config, split } = one;
    return [{ config: String(config), split: String(split), path: decodeURIComponent(path), size }];
  });
  return {
    files: files as HubFile[],
    pending: (Array.isArray(pending) ? pending : []) as { config?: unknown }[],
  };
}

/** The files of one configuration, in reading order, and what a person should know of them. */
export interface Choice {
  readonly config: string;
  readonly files: readonly HubFile[];
  readonly notes: readonly string[];
}

/**
 * Chooses a configuration (the named, preferred or only one, or `default`) and splits of it.
 *
 * @param splits names with commas between; all by default
 * @throws {DataError} that names those there are, if a name is not one or none is clear
 */
export function chooseFiles(
  { id, files, preferred }: Listing,
  config: string | undefined,
  splits: string | undefined,
): Choice {
  const configs = [...new Set(files.map((file) => file.config))];
  const usual = configs.length === 1 ? configs[0] : [preferred, "default"]
    .find((name) => name !== undefined && configs.includes(name));
  const chosen = config ?? usual;
  if (chosen === undefined || !configs.includes(chosen)) {
    throw new DataError(
      chosen === undefined
        ? `${id} has ${configs.length} configurations, ${listed(configs)}: name one as ${id}:NAME`
        : `${id} has no configuration "${printable(chosen)}": it has ${listed(configs)}`,
    );
  }
  const own = files.filter((file) => file.config === chosen);
  const names = [...new Set(own.map(({ split }) => split))];
  const wanted = splits?.split(",").map((name) => name.trim()) ?? names;
  const wrong = wanted.find((name) => !names.includes(name));
  if (wrong !== undefined) {
    throw new DataError(
      `${id}:${printable(chosen)} has no split "${printable(wrong)}": it has ${listed(names)}`,
    );
  }
  const taken = own.filter(({ split }) => wanted.includes(split))
    // Stable: files of one split stay in their order.
    .sort((a, b) => bySplit(a.split, b.split) || names.indexOf(a.split) - names.indexOf(b.split));
  const partial = [
    ...new Set(
      taken.filter(({ path }) => /(^|\/)partial-[^/]+\//.test(path)).map(({ split }) => split),
    ),
  ];
  const notes = partial.length
    ? [
      `${id}: the Hub has converted only the first part of ${
        listed(partial)
      }; later rows are left out`,
    ]
    : [];
  return { config: chosen, files: taken, notes };
}
