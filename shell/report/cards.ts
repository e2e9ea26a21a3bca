import type { ClusterGallery, Member } from "./gallery.ts";
import type { WordsOfClusters } from "./input.ts";
import { element, joined, Markup } from "./markup.ts";
import { profile } from "./plots/profile.ts";
import { hueOf, symbolOf } from "./theme.ts";

/** A card for each cluster: its size, words, columns, and its most and least typical members. */
export function cards(
  clusters: readonly ClusterGallery[],
  words: WordsOfClusters | undefined,
  n: number,
): Markup {
  return element("div", { class: "cards" }, clusters.map((one) => card(one, words, n)));
}

function card(one: ClusterGallery, words: WordsOfClusters | undefined, n: number): Markup {
  const { cluster, size, typical, atypical, features = [] } = one;
  const terms = words?.clusters.find((found) => found.cluster === cluster)?.terms ?? [];
  const share = (100 * size / Math.max(1, n)).toFixed(1);
  const id = `cluster-${cluster}`;
  return element(
    "article",
    { class: "card", "aria-labelledby": id },
    element(
      "h3",
      { id },
      element(
        "svg",
        { width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": "true" },
        element("path", { d: symbolOf(cluster, 90), fill: hueOf(cluster) }),
      ),
      `cluster ${cluster}`,
    ),
    element("p", { class: "lead" }, `${size.toLocaleString("en")} rows, ${share}%`),
    terms.length > 0 &&
      element(
        "ul",
        { class: "terms", "aria-label": "words that set it apart" },
        terms.slice(0, 10).map(({ term }) => element("li", {}, term)),
      ),
    features.length > 0 &&
      element(
        "figure",
        {},
        new Markup(profile({ cluster, features, title: `columns of cluster ${cluster}` })),
      ),
    members("most typical", typical),
    members("least typical", atypical),
  );
}

function members(title: string, rows: readonly Member[]): Markup | false {
  if (rows.length === 0) return false;
  const images = rows.some(({ image }) => image !== undefined);
  return joined(
    element("p", { class: "soft" }, title),
    images
      ? element("ul", { class: "images" }, rows.map((row) => element("li", {}, picture(row))))
      : element(
        "ol",
        { class: "texts" },
        rows.slice(0, 5).map((row) => element("li", {}, wordsOf(row))),
      ),
  );
}

function picture(row: Member): Markup {
  const about = [row.name ?? `row ${row.id}`, row.label && `class ${row.label}`].filter(Boolean);
  return element("img", { src: row.image, alt: about.join(", "), title: about.join(", ") });
}

function wordsOf({ id, name, text, label }: Member): string {
  const about = text ?? name ?? `row ${id}`;
  return label === undefined ? about : `${about} (${label})`;
}
