/** Choosing data, and seeing what is in them. */

import type { Overrides } from "../../data/roles.ts";
import { byId, make, tableOf } from "../dom.ts";
import { dropped, inFolders } from "./dropped.ts";
import { inspect } from "../session/client.ts";
import type { DataChoice, FoundColumn, Inspection, InspectRequest } from "../session/types.ts";

/** Samples that come along: files of `samples/`. */
const SAMPLES = {
  mnist: {
    text: "MNIST digits",
    files: ["mnist-images-idx3-ubyte.gz", "mnist-labels-idx1-ubyte.gz"],
  },
  glosses: { text: "word meanings", files: ["glosses.csv"] },
  penguins: { text: "penguins", files: ["penguins.csv"] },
} as const;

type Sample = keyof typeof SAMPLES;

/** What a column may be made. */
const ROLES: Readonly<Record<string, keyof Overrides>> = {
  text: "text",
  number: "numeric",
  category: "categorical",
  date: "date",
  label: "label",
  id: "id",
  "left out": "drop",
};

/** Which Hub is asked, and with what token. */
function hubOf(): { endpoint?: string; token?: string } {
  // From whoever serves the page, if another Hub than huggingface.co is meant.
  const endpoint = document.querySelector<HTMLMetaElement>('meta[name="hub"]')?.content;
  const token = byId<HTMLInputElement>("hub-token").value.trim();
  return { ...endpoint && { endpoint }, ...token && { token } };
}

/** The part of the page where data are chosen. */
export class DataPanel {
  #data: DataChoice | null = null;
  /** For a link: a sample or a name; files stay on the machine. */
  #link: string | null = null;
  #roles: FoundColumn[] = [];
  #changed = new Map<string, string>();
  #reading: AbortController | null = null;

  constructor(readonly ready: (found: Inspection | null) => void) {
    for (const [name, { text }] of Object.entries(SAMPLES)) {
      const button = make("button", { type: "button", textContent: `Sample: ${text}` });
      button.dataset.sample = name;
      button.addEventListener("click", () => this.sample(name as Sample));
      byId("samples").append(button);
    }
    byId("hub").addEventListener("submit", (event) => {
      event.preventDefault();
      const name = byId<HTMLInputElement>("hub-name").value.trim();
      if (name) this.choose(name, name);
    });
    this.#listen();
    byId("limit").addEventListener("change", () => this.#data && this.#read());
  }

  /** Files and folders, chosen or dropped. */
  #listen(): void {
    const take = (files: readonly File[]) => files.length > 0 && this.choose(files, null);
    for (const id of ["files", "folder"]) {
      const input = byId<HTMLInputElement>(id);
      input.addEventListener("change", () => take(inFolders(input.files ?? [])));
    }
    const drop = byId("drop");
    for (const kind of ["dragover", "dragleave", "drop"] as const) {
      drop.addEventListener(kind, async (event) => {
        event.preventDefault();
        drop.classList.toggle("over", kind === "dragover");
        if (kind === "drop" && event.dataTransfer) take(await dropped(event.dataTransfer));
      });
    }
  }

  /** What is to be read. */
  get request(): InspectRequest | null {
    const limit = Number(byId<HTMLInputElement>("limit").value);
    return this.#data === null ? null : {
      data: this.#data,
      overrides: this.#overrides(),
      ...limit >= 1 && { limit: Math.floor(limit) },
      ...typeof this.#data === "string" && hubOf(),
    };
  }

  store(to: URLSearchParams): void {
    if (this.#link) to.set("data", this.#link);
    const limit = byId<HTMLInputElement>("limit").value;
    if (limit) to.set("limit", limit);
    for (const [column, role] of this.#changed) to.append("column", `${role}:${column}`);
  }

  restore(from: URLSearchParams): void {
    byId<HTMLInputElement>("limit").value = from.get("limit") ?? "";
    const data = from.get("data");
    const changed = from.getAll("column").map((one) => one.split(/:(.*)/s).slice(0, 2).reverse());
    if (!data) return;
    if (data.startsWith("sample:") && data.slice(7) in SAMPLES) {
      this.sample(data.slice(7) as Sample, new Map(changed as [string, string][]));
    } else {
      byId<HTMLInputElement>("hub-name").value = data;
      this.choose(data, data, new Map(changed as [string, string][]));
    }
  }

  async sample(name: Sample, changed = new Map<string, string>()): Promise<void> {
    this.#say("reading the sample ...");
    const files = await Promise.all(SAMPLES[name].files.map(async (file) => {
      const response = await fetch(new URL(`samples/${file}`, import.meta.url));
      return new File([await response.blob()], file);
    }));
    await this.choose(files, `sample:${name}`, changed);
  }

  async choose(
    data: DataChoice,
    link: string | null,
    changed = new Map<string, string>(),
  ): Promise<void> {
    this.#data = data;
    this.#link = link;
    this.#changed = changed;
    this.#roles = [];
    await this.#read();
  }

  #say(text: string): void {
    byId("data-said").textContent = text;
  }

  #overrides(): Overrides {
    const out: Record<string, unknown> = {};
    for (const [column, role] of this.#changed) {
      const key = ROLES[role];
      out[key] = key === "label" || key === "id" ? column : [...out[key] as string[] ?? [], column];
    }
    // A column that was the label and is no more.
    const label = this.#roles.find(({ role }) => role === "label");
    if (label && this.#changed.has(label.name) && out.label === undefined) out.label = false;
    return out as Overrides;
  }

  async #read(): Promise<void> {
    this.#reading?.abort();
    const { signal } = this.#reading = new AbortController();
    this.ready(null);
    this.#say("reading ...");
    byId("preview").replaceChildren();
    try {
      const found = await inspect(this.request!, {
        signal,
        onEvent: (event) =>
          event.type === "stage" &&
          this.#say(`${event.text}: ${Math.round(100 * event.share)}%`),
      });
      if (this.#roles.length === 0) this.#roles = [...found.columns];
      this.#show(found);
      this.ready(found);
    } catch (error) {
      if (!signal.aborted) this.#say((error as Error).message);
    }
  }

  #show(found: Inspection): void {
    const { name, n, kind, shape, labelNames, notes, sample } = found;
    const form = kind === "images" ? ` of ${shape.join(" x ")} numbers` : "";
    const classes = labelNames.length > 0 ? `; ${labelNames.length} classes` : "";
    this.#say(
      `${name}: ${n.toLocaleString("en")} ${
        kind === "text" ? "texts" : kind === "images" ? "images" : "rows"
      }${form}${classes}`,
    );
    const rows = sample.map(({ image, label, cells }) => [
      ...image ? [make("img", { src: image, alt: "" })] : [],
      ...label === undefined ? [] : [label],
      ...cells,
    ]);
    const columns = make(
      "ul",
      { className: "columns" },
      ...this.#roles.map((column) => this.#column(column)),
    );
    columns.setAttribute("aria-label", "columns and what they are for");
    const table = tableOf(found.head, rows);
    const more = make(
      "details",
      {},
      make("summary", { textContent: "What was found" }),
      make("ul", {}, ...notes.map((note) => make("li", { textContent: note }))),
    );
    byId("preview").replaceChildren(columns, table, ...notes.length > 0 ? [more] : []);
  }

  #column({ name, role }: FoundColumn): HTMLElement {
    const now = this.#changed.get(name) ?? role;
    const roles = [...new Set([role, ...Object.keys(ROLES)])];
    const select = make(
      "select",
      {},
      ...roles.map((one) =>
        make("option", { value: one, textContent: one, selected: one === now })
      ),
    );
    select.disabled = role === "image" || role === "numbers";
    select.addEventListener("change", () => {
      if (select.value === role) this.#changed.delete(name);
      else this.#changed.set(name, select.value);
      this.#read();
    });
    return make("li", {}, make("label", { className: "inline" }, `${name}: `, select));
  }
}
