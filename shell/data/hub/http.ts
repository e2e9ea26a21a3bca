/**
 * Requests to the Hub: made again when that may help, paced as the Hub asks, few at a time, and the
 * token shown to nobody else.
 */

import { Cancelled, DataError } from "../../errors.ts";
import { askedDelay, backOff, CLOCK, type Clock } from "./retry.ts";

/** An answer that is neither data nor a reason to try again. */
export class HttpError extends Error {
  override name = "HttpError";
  /** What the Hub calls the error, such as `GatedRepo` or `ResponseNotReady`. */
  readonly code: string;
  readonly headers: Headers;

  constructor(readonly status: number, headers: Headers) {
    super(`status ${status}`);
    this.code = headers.get("x-error-code") ?? "";
    this.headers = headers;
  }
}

/** A connection that failed, broke or fell silent. */
export class Broken extends Error {
  override name = "Broken";
}

/** Settings of {@link Http}. */
export interface HttpOptions {
  /** Origins that may see the token. */
  readonly trusted: readonly string[];
  readonly token?: string;
  readonly signal?: AbortSignal;
  /** What messages call the work: "fetching a/b". */
  readonly what: string;
  /** Whether redirects can be followed by hand: not in pages. */
  readonly seesRedirects: boolean;
  /** Is told when the Hub asks to wait for long. */
  readonly onNote?: (text: string) => void;
  readonly clock?: Clock;
  /** Tries of one request; 5 by default. */
  readonly tries?: number;
  /** Milliseconds without a byte after which a connection counts as broken; a minute by default. */
  readonly silence?: number;
}

/** Requests at a time. */
const IN_FLIGHT = 6;
/** The longest wait that a server may ask for: the Hub's limits are for 5 minutes. */
const PATIENCE = 330_000;
/** Milliseconds from which on a person is told of a wait: no back-off of our own is as long. */
const LONG = 9000;
const REDIRECTS = [301, 302, 303, 307, 308];
const HOPS = 8;
/** Bytes after which a broken connection counts as a new start. */
const HEADWAY = 1 << 20;

/** What is made of a response; `alive` is to be called at every sign of life. */
type Consume<T> = (response: Response, alive: () => void) => Promise<T>;

/** One client of the Hub. */
export class Http {
  readonly clock: Clock;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Until when an origin wants to be left alone. */
  readonly #quiet = new Map<string, number>();

  constructor(readonly options: HttpOptions) {
    this.clock = options.clock ?? CLOCK;
  }

  /**
   * A JSON document, with the headers that came with it.
   *
   * @throws {HttpError} if the Hub refuses
   * @throws {DataError} if the Hub cannot be reached, does not recover or sends no JSON
   * @throws {Cancelled} if the signal is set
   */
  async json(url: string): Promise<{ body: unknown; headers: Headers }> {
    const read: Consume<{ body: unknown; headers: Headers }> = async (response) => {
      const text = await response.text().catch((error) => {
        throw new Broken(reasonOf(error), { cause: error });
      });
      try {
        return { body: JSON.parse(text), headers: response.headers };
      } catch {
        throw new DataError(
          `${new URL(url).origin} sent something that is not JSON: check the ` +
            "network, or the address in HF_ENDPOINT",
        );
      }
    };
    return await this.#retrying(url, () => ({}), read, () => 0);
  }

  /**
   * A body, chunk by chunk. It may be asked for several times: `headers` says anew what is missing,
   * `received` how much has come.
   *
   * @throws as {@link json} does
   */
  async stream(
    url: string,
    headers: () => Record<string, string>,
    begin: (response: Response) => Promise<(chunk: Uint8Array) => Promise<boolean>>,
    received: () => number,
  ): Promise<void> {
    await this.#retrying(url, headers, async (response, alive) => {
      const take = await begin(response);
      const reader = response.body!.getReader();
      try {
        for (;;) {
          const { done, value } = await reader.read().catch((error) => {
            throw new Broken(reasonOf(error), { cause: error });
          });
          alive();
          if (done) throw new Broken("the connection broke");
          if (await take(value)) return;
        }
      } finally {
        reader.cancel().catch(() => {});
      }
    }, received);
  }

  async #retrying<T>(
    url: string,
    headers: () => Record<string, string>,
    consume: Consume<T>,
    received: () => number,
  ): Promise<T> {
    const { tries = 5, signal } = this.options;
    for (let failed = 0, before = received();;) {
      this.#check();
      try {
        return await this.#slot(() => this.#once(url, headers(), consume));
      } catch (error) {
        if (signal?.aborted) this.#check();
        if (!mayRecover(error)) throw error;
        if (received() - before >= HEADWAY) failed = 0;
        before = received();
        if (++failed >= tries) throw this.#lost(url, error);
        await this.#sleep(url, this.#delay(url, error, failed));
      }
    }
  }

  #delay(url: string, error: unknown, failed: number): number {
    const asked = error instanceof HttpError ? askedDelay(error.headers) : undefined;
    if (asked === undefined) return backOff(failed, this.clock);
    if (asked <= PATIENCE) return asked;
    throw new DataError(
      `${new URL(url).origin} asks to wait for ${Math.ceil(asked / 60_000)} minutes: try again ` +
        `then${this.options.token ? "" : ", or set HF_TOKEN, which allows more requests"}`,
    );
  }

  /** What is said when no try helped. */
  #lost(url: string, error: unknown): DataError {
    const { origin } = new URL(url);
    if (error instanceof HttpError) {
      return new DataError(
        error.status === 429
          ? `${origin} has had too many requests: try again in some minutes` +
            (this.options.token ? "" : ", or set HF_TOKEN, which allows more")
          : `${origin} answers with status ${error.status}: try again later`,
        { cause: error },
      );
    }
    return new DataError(
      `cannot reach ${origin} (${
        (error as Error).message
      }): check the network, or the address in ` +
        "HF_ENDPOINT",
      { cause: error },
    );
  }

  #check(): void {
    if (this.options.signal?.aborted) throw new Cancelled(`${this.options.what} was stopped`);
  }

  /** Does some work when fewer than {@link IN_FLIGHT} others are done. */
  async #slot<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= IN_FLIGHT) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  async #once<T>(url: string, headers: Record<string, string>, consume: Consume<T>): Promise<T> {
    const { signal, silence = 60_000 } = this.options;
    await this.#pause(new URL(url).origin);
    const silent = new AbortController();
    const kill = () => silent.abort(new Broken(`nothing came for ${silence / 1000} s`));
    let timer = setTimeout(kill, silence);
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(kill, silence);
    };
    try {
      const either = signal ? AbortSignal.any([signal, silent.signal]) : silent.signal;
      const response = await this.#follow(new URL(url), headers, either);
      alive();
      if (response.ok) return await consume(response, alive);
      await response.body?.cancel().catch(() => {});
      throw new HttpError(response.status, response.headers);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Fetches, redirects included. */
  async #follow(
    url: URL,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Response> {
    const { token, trusted, seesRedirects } = this.options;
    for (let hop = 0; hop <= HOPS; hop++) {
      const secret = token !== undefined && trusted.includes(url.origin);
      const response = await fetch(url, {
        headers: secret ? { ...headers, Authorization: `Bearer ${token}` } : headers,
        // A page's own fetch takes the token away when a redirect leads to another origin.
        redirect: seesRedirects ? "manual" : "follow",
        signal,
      }).catch((error) => {
        throw new Broken(reasonOf(signal.reason ?? error), { cause: error });
      });
      const wait = askedDelay(response.headers);
      if (wait) this.#quiet.set(url.origin, this.clock.now() + Math.min(wait, PATIENCE));
      const location = response.headers.get("location");
      if (!REDIRECTS.includes(response.status) || location === null) return response;
      await response.body?.cancel().catch(() => {});
      url = new URL(location, url);
    }
    throw new Broken(`more than ${HOPS} redirects`);
  }

  /** Waits as long as an origin that has no requests left for us wants. */
  async #pause(origin: string): Promise<void> {
    const left = (this.#quiet.get(origin) ?? 0) - this.clock.now();
    if (left > 0) await this.#sleep(origin, left);
    this.#check();
  }

  async #sleep(url: string, ms: number): Promise<void> {
    const { origin } = new URL(url);
    if (ms >= LONG) this.options.onNote?.(`${origin} asks to wait for ${Math.ceil(ms / 1000)} s`);
    await this.clock.sleep(ms, this.options.signal);
  }
}

/** Whether the same request may succeed later. */
function mayRecover(error: unknown): boolean {
  if (error instanceof Broken) return true;
  if (!(error instanceof HttpError)) return false;
  // An error 500 with a name is the Hub's last word on a data set, not an accident.
  return [408, 425, 429, 502, 503, 504].includes(error.status) ||
    error.status === 500 && !error.code;
}

/** What a runtime says of a failed connection, as few words. */
function reasonOf(error: unknown): string {
  const { cause, message = String(error) } = error as Error & { cause?: unknown };
  const code = (cause as { code?: string } | undefined)?.code;
  const text = code ?? ((cause as Error | undefined)?.message || message);
  const known: [RegExp, string][] = [
    [/ECONNREFUSED|connection refused/i, "connection refused"],
    [/ENOTFOUND|EAI_AGAIN|dns error|lookup/i, "no such host"],
    [/ECONNRESET|reset|terminated|SOCKET|closed|body/i, "the connection broke"],
    [/nothing came/, message],
    [/redirects/, message],
  ];
  return known.find(([pattern]) => pattern.test(text))?.[1] ?? "no connection";
}
