/** What a tooltip says of a row. */
export interface Tip {
  /** The first line. */
  readonly title: string;
  /** The lines below it. */
  readonly lines: readonly string[];
  /** A picture: `data:image/...` or `blob:`; other addresses are not shown. */
  readonly image?: string;
}

/** What `<asterism-map>` shows. */
export interface MapData {
  /** Places, [n, 2]; a row that is not finite is not drawn. */
  readonly positions: Float32Array;
  /** Cluster of each row; below 0 is noise. */
  readonly clusters: Int32Array;
  /** By number; "cluster 3" where there is none. */
  readonly clusterNames?: readonly string[];
  /** Class of each row; below 0 for none. */
  readonly labels?: Int32Array;
  /** Names of the classes, by number. */
  readonly labelNames?: readonly string[];
  /** What is said of a row under the pointer. */
  readonly tooltip?: (row: number) => Tip;
  /** Name of the axis across. */
  readonly xLabel?: string;
  /** Name of the axis upwards. */
  readonly yLabel?: string;
}

/** What colours stand for. */
export type ColourBy = "cluster" | "label";

/** The events that `<asterism-map>` sends, with what stands in their `detail`. */
export interface MapEvents {
  /** The point under the pointer, or that the keyboard stands on. */
  "asterism-hover": { readonly row: number | null };
  /** The points in a lasso, ascending; none when it is undone. */
  "asterism-select": { readonly rows: Uint32Array };
  /** A point was clicked, or Enter was pressed on it. */
  "asterism-pick": { readonly row: number };
}
