/** `report.html`: a run explained, in one file that needs no network and trusts no data. */

import { cards } from "./cards.ts";
import { doubtsOf } from "./doubts.ts";
import { countMapped, isClassifier, type ReportInput, type ReportRows } from "./input.ts";
import { element, joined, Markup } from "./markup.ts";
import { pack } from "./packed.ts";
import { type Picture, picturesOf } from "./pictures.ts";
import { meaningOf } from "./scores.ts";
import { REPORT_CSS } from "./style.ts";
import { THEME_CSS } from "./theme.ts";

/** What the page runs: `dist/report_page.js`, as text. */
export interface ReportParts {
  readonly script: string;
}

const STYLE = THEME_CSS + REPORT_CSS;

/** Clusters whose members are shown. */
const SHOWN = 60;

/**
 * The page: doubts, scores, map, clusters, pictures, settings. Its Content-Security-Policy lets it
 * load nothing and run nothing but its own script and style, which it names by their SHA-256.
 */
export async function reportHtml(input: ReportInput, { script }: ReportParts): Promise<string> {
  const { run } = input, packed = pack(input);
  const policy = [
    "default-src 'none'",
    "img-src data: blob:",
    `style-src '${await hashOf(STYLE)}'`,
    `script-src '${await hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const title = `${run.data.name}: ${run.method}`;
  const page = element(
    "html",
    { lang: "en" },
    element(
      "head",
      {},
      element("meta", { charset: "utf-8" }),
      element("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
      element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      element("title", {}, `${title} - Asterism`),
      element("style", {}, new Markup(STYLE)),
    ),
    element(
      "body",
      {},
      element(
        "header",
        {},
        element("h1", {}, title),
        element("p", { class: "lead" }, subtitle(input)),
      ),
      element("main", {}, body(input, packed !== null)),
      element(
        "footer",
        {},
        `Made by Asterism ${run.versions?.asterism ?? ""}. Nothing here is loaded from anywhere.`,
      ),
      packed && element(
        "script",
        { type: "application/json", id: "asterism-data" },
        new Markup(JSON.stringify(packed).replaceAll("<", "\\u003c")),
      ),
      packed && element("script", {}, new Markup(script)),
    ),
  );
  return `<!doctype html>\n${page}\n`;
}

async function hashOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(hash)))}`;
}

function subtitle({ run, rows }: ReportInput): string {
  const { data, settings, device } = run;
  return [
    `${data.rows.toLocaleString("en")} rows`,
    `${new Set(rows.clusters.filter((c) => c >= 0)).size} ${
      isClassifier(run) ? "predicted classes" : "clusters"
    }`,
    settings.seed !== undefined && `seed ${settings.seed}`,
    device?.description,
  ].filter(Boolean).join(" · ");
}

function body(input: ReportInput, hasMap: boolean): Markup {
  const { gallery, words, rows } = input, pictures = picturesOf(input);
  const still = (name: string) => name.startsWith("map_");
  const clusters = gallery?.clusters.slice(0, SHOWN) ?? [];
  return joined(
    doubts(input),
    scores(input),
    hasMap && map(rows),
    hasMap && element(
      "noscript",
      {},
      element("div", { class: "figures" }, pictures.filter(({ name }) => still(name)).map(figure)),
    ),
    element("h2", {}, "Pictures"),
    element("div", { class: "figures" }, pictures.filter(({ name }) => !still(name)).map(figure)),
    clusters.length > 0 && joined(
      element("h2", {}, "Clusters"),
      element(
        "p",
        { class: "soft" },
        "Typical members are nearest to the centre of their cluster, in the space of the codes; the first is the medoid.",
      ),
      cards(clusters, words, rows.clusters.length),
    ),
    ran(input),
  );
}

function doubts(input: ReportInput): Markup | false {
  const found = doubtsOf(input);
  return found.length > 0 && element(
    "section",
    { class: "doubts", "aria-labelledby": "doubts" },
    element("h2", { id: "doubts" }, "Look twice"),
    element("ul", {}, found.map((text) => element("li", {}, text))),
  );
}

function scores({ run }: ReportInput): Markup {
  const rows = Object.entries(run.metrics ?? {}).map(([name, value]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      element("td", { class: "number" }, value === null ? "–" : figureOf(value)),
      element("td", {}, meaningOf(name)),
    )
  );
  return joined(
    element("h2", {}, "Scores"),
    element(
      "div",
      { class: "wide", tabindex: 0 },
      element("table", {}, element("tbody", {}, rows)),
    ),
  );
}

function figureOf(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : value.toFixed(4);
}

function map(rows: ReportRows): Markup {
  const labelled = rows.labels !== undefined;
  return joined(
    element("h2", {}, "Map"),
    element(
      "div",
      { class: "bar" },
      element(
        "label",
        {},
        "Search ",
        element("input", { id: "search", type: "search", placeholder: "row, name, text, class" }),
      ),
      labelled && element(
        "label",
        {},
        "Colours ",
        element(
          "select",
          { id: "colours" },
          element("option", { value: "cluster" }, "by cluster"),
          element("option", { value: "label" }, "by class"),
        ),
      ),
      element(
        "output",
        { id: "found" },
        `${countMapped(rows)}. Drag with Shift, or press lasso, to choose points.`,
      ),
    ),
    element("asterism-map", { id: "map" }),
    element("ul", { class: "chosen", id: "chosen", "aria-label": "chosen rows" }),
  );
}

function figure({ caption, svg }: Picture): Markup {
  return element("figure", {}, new Markup(svg), element("figcaption", {}, caption));
}

function ran({ run }: ReportInput): Markup {
  const { versions = {}, seconds = {}, data, settings } = run;
  const line = (name: string, value: unknown) =>
    value !== undefined && value !== null &&
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, String(value)));
  const times = Object.entries(seconds).map(([stage, time]) => `${stage} ${time.toFixed(1)} s`);
  return joined(
    element("h2", {}, "What ran"),
    element(
      "div",
      { class: "wide", tabindex: 0 },
      element(
        "table",
        {},
        element(
          "tbody",
          {},
          line("method", run.method),
          line("data", `${data.name}, ${data.rows.toLocaleString("en")} rows`),
          line("columns", data.columns?.slice(0, 30).join(", ")),
          line("seed", settings.seed),
          line("device", run.device?.description),
          line("versions", Object.entries(versions).map(([name, v]) => `${name} ${v}`).join(", ")),
          line("time", times.join(", ")),
          line("ended", run.stopReason),
        ),
      ),
    ),
    (data.notes?.length ?? 0) > 0 && element(
      "details",
      {},
      element("summary", {}, "What was found in the data"),
      element("ul", {}, data.notes!.map((note) => element("li", {}, note))),
    ),
    element(
      "details",
      {},
      element("summary", {}, "All settings"),
      element("pre", { tabindex: 0 }, JSON.stringify(settings, null, 2)),
    ),
  );
}
