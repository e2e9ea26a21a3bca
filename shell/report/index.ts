/** Pictures and reports of runs, as SVG and HTML: pure functions, the same bytes in every runtime. */

export { type Bars, bars } from "./plots/bars.ts";
export { type Choices, choices } from "./plots/choices.ts";
export { type Contingency, contingency } from "./plots/contingency.ts";
export { type Curve, type Curves, curves } from "./plots/curves.ts";
export { dendrogram, type Tree } from "./plots/dendrogram.ts";
export { kDistance, type KDistances } from "./plots/k_distance.ts";
export { type Profile, profile } from "./plots/profile.ts";
export { type Scatter, scatter } from "./plots/scatter.ts";
export { type Silhouettes, silhouettes } from "./plots/silhouettes.ts";
export {
  type ClusterGallery,
  type Feature,
  type Gallery,
  type GalleryInput,
  galleryOf,
  type Member,
  membersOf,
} from "./gallery.ts";
export { reportHtml, type ReportParts } from "./html.ts";
export {
  type ReportInput,
  type ReportRows,
  rowsOnMap,
  type RunRecord,
  type WordsOfClusters,
} from "./input.ts";
export { type Picture, picturesOf } from "./pictures.ts";
export { svgFile } from "./svg.ts";
