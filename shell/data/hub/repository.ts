/** Parquet files that people put into a repository themselves, by configuration and split. */

import { splitOf } from "../split_names.ts";
import type { Http } from "./http.ts";
import type { HubFile } from "./listing.ts";

/** A pattern of paths and the split that its files belong to. */
interface Pattern {
  readonly config: string;
  readonly split?: string;
  readonly pattern: RegExp;
}

/** Where the Hub's conversion puts its files: CONFIG/SPLIT/0000.parquet. */
const CONVERTED = /^([^/]+)\/(?:partial-)?([^/]+)\/\d{4,}\.parquet$/;

/** Pages of 1,000 entries that are read of a repository. */
const PAGES = 100;

/**
 * The Parquet files of a repository at one revision. Configurations and splits come from the data
 * set's card (`configs`), else every file is of `default` and its name tells the split.
 *
 * @param configs what the card says, as it stands there
 * @param converted whether the revision may be one of the Hub's own conversion, whose folders tell
 * @see https://huggingface.co/docs/hub/datasets-manual-configuration
 */
export async function repositoryFiles(
  http: Http,
  endpoint: string,
  id: string,
  revision: string,
  configs: unknown,
  converted: boolean,
): Promise<HubFile[]> {
  const files = (await tree(http, endpoint, id, revision))
    .filter(({ path }) => /\.parquet$/i.test(path))
    .sort((a, b) => a.path < b.path ? -1 : 1);
  if (converted && files.length > 0 && files.every(({ path }) => CONVERTED.test(path))) {
    return files.map((file) => {
      const [, config, split] = CONVERTED.exec(file.path)!;
      return { ...file, config, split };
    });
  }
  const patterns = patternsOf(configs);
  if (!patterns.length) {
    return files.map((file) => ({ ...file, config: "default", split: splitOf(file.path) }));
  }
  return patterns.flatMap(({ config, split, pattern }) =>
    files.filter(({ path }) => pattern.test(path))
      .map((file) => ({ ...file, config, split: split ?? splitOf(file.path) }))
  );
}

async function tree(http: Http, endpoint: string, id: string, revision: string) {
  const files: { path: string; size: number }[] = [];
  const base = `${endpoint}/api/datasets/${id}/tree/${encodeURIComponent(revision)}`;
  let query: string | undefined = "?recursive=true&limit=1000";
  for (let page = 0; query !== undefined && page < PAGES; page++) {
    const { body, headers } = await http.json(base + query);
    for (const entry of Array.isArray(body) ? body : []) {
      const { type, path, size, lfs } = entry ?? {};
      if (type !== "file" || typeof path !== "string") continue;
      files.push({ path, size: Number(lfs?.size ?? size) });
    }
    // Only what is asked of the next page counts: its address may be that of another server.
    const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(headers.get("link") ?? "")?.[1];
    query = next && new URL(next, base).search;
  }
  return files;
}

function patternsOf(configs: unknown): Pattern[] {
  return list(configs).flatMap((one) => {
    const { config_name = "default", data_files, data_dir } = one as Record<string, unknown>;
    const config = String(config_name);
    const under = typeof data_dir === "string" ? data_dir.replace(/^\.?\/+|\/+$/g, "") : "";
    const entries = data_files === undefined ? ["**"] : list(data_files);
    return entries.flatMap((entry) => {
      const { split, path } = typeof entry === "string"
        ? { split: undefined, path: entry }
        : entry as { split?: unknown; path?: unknown };
      return list(path).map((glob) => ({
        config,
        split: split === undefined ? undefined : String(split),
        pattern: globPattern(under ? `${under}/${glob}` : String(glob)),
      }));
    });
  });
}

function list(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

/** `*` and `?` within a name, `**` over folders, `{a,b}` either. */
function globPattern(glob: string): RegExp {
  const parts = glob.replace(/^\.?\/+/, "").split(/(\*\*\/|\*\*|\*|\?|\{[^{}]*\})/);
  const known: Record<string, string> = {
    "**/": "(?:.*/)?",
    "**": ".*",
    "*": "[^/]*",
    "?": "[^/]",
  };
  const plain = (text: string) => text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
  const text = parts.map((part, i) => {
    if (i % 2 === 0) return plain(part);
    return known[part] ?? `(?:${part.slice(1, -1).split(",").map(plain).join("|")})`;
  });
  return new RegExp(`^${text.join("")}$`);
}
