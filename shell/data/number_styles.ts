/** Numbers that are written otherwise than 1234.5: which way a column has them is found by its cells. */

/** How the numbers of a column are written, by an example. */
export type NumberStyle = "25,5" | "1.234,5" | "1,234.5";

/** What is said of columns whose numbers are so. */
export const STYLE_NAMES: Readonly<Record<NumberStyle, string>> = {
  "25,5": "decimal commas",
  "1.234,5": "decimal commas and points of thousands",
  "1,234.5": "commas of thousands",
};

const WHOLE = /^[+-]?\d+$/;
const POINT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
/** Groups of three places, with points between them, and a comma before what is less than one. */
const POINTS = /^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$/;
const COMMAS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/;
/** One group of three, which may as well be three places behind the comma or the point. */
const ONE_GROUP = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;
/** A whole number that has no groups because it is small. */
const SMALL = /^[+-]?\d{1,3}$/;

/**
 * How columns write their numbers, undefined for 1234.5 and for what are no numbers. Some cells of a
 * column prove it (`25,5`, `4.220,86`, `1.009.284`); where one column has proven decimal commas, what
 * alone may be read in two ways (`1.256`, `1,256`) is read so that it fits them.
 *
 * @param columns cells without those that are empty or stand for nothing
 * @param proven whether decimal commas are known to be in use
 */
export function stylesOf(
  columns: readonly (readonly string[])[],
  proven = false,
): (NumberStyle | undefined)[] {
  const own = columns.map(ownStyle);
  if (!proven && !own.some((style) => style === "25,5" || style === "1.234,5")) return own;
  return own.map((style, j) => {
    const cells = columns[j];
    if (style !== undefined || cells.length === 0) return style;
    const some = (pattern: RegExp) => cells.some((cell) => pattern.test(cell));
    if (some(COMMA) && cells.every((cell) => COMMA.test(cell) || WHOLE.test(cell))) return "25,5";
    const grouped = cells.every((cell) => POINTS.test(cell) || SMALL.test(cell));
    return grouped && some(POINTS) ? "1.234,5" : undefined;
  });
}

/** What the cells of a column alone prove. */
function ownStyle(cells: readonly string[]): NumberStyle | undefined {
  let clearComma = false, points = false, commas = false, point = false;
  let pointProof = false, commaProof = false;
  for (const cell of cells) {
    if (WHOLE.test(cell)) continue;
    const isComma = COMMA.test(cell), isPoint = POINT.test(cell);
    const isPoints = POINTS.test(cell), isCommas = COMMAS.test(cell);
    if (!isComma && !isPoint && !isPoints && !isCommas) return undefined;
    clearComma ||= isComma && !ONE_GROUP.test(cell);
    points ||= isPoints;
    commas ||= isCommas;
    point ||= isPoint && !isPoints;
    pointProof ||= isPoints && !ONE_GROUP.test(cell);
    commaProof ||= isCommas && !ONE_GROUP.test(cell);
  }
  // Of what stands in one column all must agree.
  if (commaProof || commas && point) return pointProof || clearComma ? undefined : "1,234.5";
  if (pointProof || points && clearComma) return point ? undefined : "1.234,5";
  return clearComma && !points && !point ? "25,5" : undefined;
}

/** Whether a number could have points of thousands, and nothing but those. */
export function mayHaveThousands(cell: string): boolean {
  return POINTS.test(cell) || SMALL.test(cell);
}

/** A cell with a point for its decimal comma, and without those of thousands, if it has a comma. */
export function withPoint(cell: string): string {
  const text = cell.trim();
  if (COMMA.test(text)) return text.replace(",", ".");
  return POINTS.test(text) && text.includes(",") ? plain(text, "1.234,5")! : cell;
}

/** A number as 1234.5; undefined if it is not written in that style. */
export function plain(cell: string, style: NumberStyle): string | undefined {
  const text = cell.trim();
  if (style === "1,234.5") {
    return !text.includes(",") ? text : COMMAS.test(text) ? text.replaceAll(",", "") : undefined;
  }
  if (text.includes(".") && (style === "25,5" || !POINTS.test(text))) return undefined;
  return text.replaceAll(".", "").replace(",", ".");
}
