/** Where fetched parts of files are kept: the interface, and what needs no disk. */

/** The parts of one file of one revision. A part that is there is whole. */
export interface Parts {
  /**
   * The bytes of a part; undefined if it is missing or has another size.
   *
   * @param into where they may be put, of at least `size` bytes
   */
  read(index: number, size: number, into: Uint8Array): Promise<Uint8Array | undefined>;
  has(index: number, size: number): Promise<boolean>;
  /** Keeps a part, whole or not at all. The array is the caller's again then. */
  write(index: number, bytes: Uint8Array): Promise<void>;
  /** The ETag that the parts had when they were fetched. */
  tag(): Promise<string | undefined>;
  /** Notes the ETag of the parts. */
  mark(tag: string): Promise<void>;
  /** Forgets all parts, and their ETag. */
  clear(): Promise<void>;
}

/** Parts of many files. */
export interface Store {
  /** @param key names repository, revision, file and size, in letters of a URL's path */
  open(key: string): Promise<Parts>;
}

/** Bytes that are kept in memory at most; the oldest parts go first. */
const MEMORY = 256 << 20;

/** Keeps parts in memory, for as long as the process runs. */
export class MemoryStore implements Store {
  readonly #parts = new Map<string, Uint8Array>();
  readonly #tags = new Map<string, string>();
  #bytes = 0;

  open(key: string): Promise<Parts> {
    const at = (index: number) => `${key}/${index}`;
    const get = (index: number, size: number) => {
      const bytes = this.#parts.get(at(index));
      return bytes?.length === size ? bytes : undefined;
    };
    return Promise.resolve({
      read: (index, size) => Promise.resolve(get(index, size)),
      has: (index, size) => Promise.resolve(get(index, size) !== undefined),
      write: (index, bytes) => Promise.resolve(this.#put(at(index), bytes.slice())),
      tag: () => Promise.resolve(this.#tags.get(key)),
      mark: (tag) => Promise.resolve(void this.#tags.set(key, tag)),
      clear: () => {
        for (const name of this.#parts.keys()) if (name.startsWith(`${key}/`)) this.#drop(name);
        this.#tags.delete(key);
        return Promise.resolve();
      },
    });
  }

  #put(name: string, bytes: Uint8Array): void {
    this.#drop(name);
    this.#parts.set(name, bytes);
    this.#bytes += bytes.length;
    for (const oldest of this.#parts.keys()) {
      if (this.#bytes <= MEMORY) break;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    this.#bytes -= this.#parts.get(name)?.length ?? 0;
    this.#parts.delete(name);
  }
}

/** Name of the browser's cache. */
const NAME = "asterism-hub";

/** Keeps parts in the browser's Cache API, and in memory where that has no room. */
export class WebStore implements Store {
  readonly #memory = new MemoryStore();

  async open(key: string): Promise<Parts> {
    const memory = await this.#memory.open(key);
    const cache = await caches.open(NAME).catch(() => undefined);
    if (!cache) return memory;
    // Never fetched: an address is only the name of an entry.
    const at = (name: string | number) => `https://asterism.invalid/${key}/${name}`;
    const read = async (index: number, size: number, into: Uint8Array) => {
      const found = await cache.match(at(index));
      const bytes = found && new Uint8Array(await found.arrayBuffer());
      return bytes?.length === size ? bytes : await memory.read(index, size, into);
    };
    return {
      read,
      has: async (index, size) => {
        const found = await cache.match(at(index));
        return found?.headers.get("content-length") === `${size}` || memory.has(index, size);
      },
      async write(index, bytes) {
        const headers = { "Content-Length": `${bytes.length}` };
        const entry = new Response(bytes as Uint8Array<ArrayBuffer>, { headers });
        await cache.put(at(index), entry).catch(() => memory.write(index, bytes));
      },
      tag: async () => (await cache.match(at("etag")))?.text(),
      mark: (tag) => cache.put(at("etag"), new Response(tag)).catch(() => {}),
      async clear() {
        await memory.clear();
        for (const { url } of await cache.keys()) {
          if (url.startsWith(at(""))) await cache.delete(url);
        }
      },
    };
  }
}
