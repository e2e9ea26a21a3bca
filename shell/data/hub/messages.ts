/** What is said when the Hub has no answer: who asked for what, why not, and what to do. */

import { DataError } from "../../errors.ts";
import { letterDistance } from "../../near.ts";
import { type Http, HttpError } from "./http.ts";

/** Text from the network, fit for a terminal: no control characters, and not long. */
export function printable(text: unknown): string {
  const clean = String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
  return clean.length > 100 ? `${clean.slice(0, 97)}...` : clean;
}

/** Names with commas between; of many only the first ones. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map(printable).join(", ");
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}

/** A gated or private data set that stays closed. */
export function noAccess(name: string, page: string): string {
  return `the Hub does not let you read ${name}: ask for access at ${page}, and set HF_TOKEN to ` +
    "a token of the account that has it";
}

/**
 * Turns a refusal to give a file into a sentence; other errors stay as they are.
 *
 * @param page the data set's page, where people ask for access
 */
export function fileRefusal(
  error: unknown,
  { name, page }: { readonly name: string; readonly page: string },
): unknown {
  if (!(error instanceof HttpError)) return error;
  const closed = error.status === 401 || error.status === 403;
  const message = closed
    ? noAccess(name, page)
    : `the Hub does not give ${name} (status ${error.status}): try again later`;
  return new DataError(message, { cause: error });
}

/** What the Hub's address for people is. */
export interface Place {
  readonly http: Http;
  readonly endpoint: string;
}

/**
 * Turns a refusal to describe a data set into a sentence; other errors stay as they are.
 *
 * @param revision if one was asked for
 */
export async function refusal(
  { http, endpoint }: Place,
  error: unknown,
  id: string,
  revision?: string,
): Promise<unknown> {
  if (!(error instanceof HttpError)) return error;
  const page = `${endpoint}/datasets/${id}`;
  const token = http.options.token !== undefined;
  const fail = (message: string) => new DataError(message, { cause: error });
  if (error.code === "RevisionNotFound") {
    return fail(`${id} has no revision "${printable(revision)}": see ${page}/tree/main`);
  }
  if (error.status === 403 || error.code === "GatedRepo") return fail(noAccess(id, page));
  if (error.status === 401 && token && error.code !== "RepoNotFound") {
    return fail(
      `the Hub does not accept the token in HF_TOKEN: make one at ${endpoint}/settings/tokens`,
    );
  }
  if (error.status === 401 || error.status === 404) {
    const near = await nearIds({ http, endpoint }, id);
    const hint = near.length ? `did you mean ${near.join(" or ")}?` : "check the name";
    return fail(
      `the Hub has no data set ${id} that ${
        token ? "your token may see" : "is public (a private one needs HF_TOKEN)"
      }: ${hint}`,
    );
  }
  return fail(`the Hub does not describe ${id} (status ${error.status}): try again later`);
}

/** Up to three data sets whose names are like one that is unknown, the nearest first. */
async function nearIds({ http, endpoint }: Place, id: string): Promise<string[]> {
  const [owner, name] = id.split("/");
  const queries = [
    `search=${encodeURIComponent(name)}&limit=20`,
    `author=${encodeURIComponent(owner)}&limit=100`,
    `search=${encodeURIComponent(name.slice(0, Math.ceil(name.length / 2)))}&limit=50`,
  ];
  const found = new Set<string>();
  for (const query of queries) {
    const answer = await http.json(`${endpoint}/api/datasets?${query}`).catch((error) => {
      if (error instanceof HttpError || error instanceof DataError) return { body: [] };
      throw error;
    });
    const list = Array.isArray(answer.body) ? answer.body : [];
    list.forEach((one) => typeof one?.id === "string" && found.add(one.id));
  }
  const distance = (a: string, b: string) => letterDistance(a.toLowerCase(), b.toLowerCase());
  // The owner is forgotten more often than the name.
  const far = (one: string) =>
    Math.min(distance(one, id), 1 + distance(one.replace(/^.*\//, ""), name));

  return [...found].map((one) => ({ one, far: far(one) }))
    .filter((x) => x.far <= Math.max(3, name.length / 2))
    .sort((a, b) => a.far - b.far || (a.one < b.one ? -1 : 1))
    .slice(0, 3).map(({ one }) => printable(one));
}
