import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Curve, escaped, growthPlot } from "../../bench/growth_plot.ts";

const test = suite("growth_plot");

/** Costs that are powers of n. */
function power(name: string, exponent: number, sizes = [1e3, 1e4, 1e5, 1e6]): Curve {
  const costs = sizes.map((n) => ({ n, seconds: 1e-6 * n ** exponent, bytes: 16 * n }));
  return { name, costs };
}

/** Start, end and self-closing tags, each start closed by its end; the rest has no bare `<` or `&`. */
function requireWellFormed(text: string): void {
  const open: string[] = [];
  const rest = text.replace(
    /<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi,
    (_, end, name, _at, self) => {
      if (end) assert.is(open.pop(), name);
      else if (!self) open.push(name);
      return "";
    },
  );
  assert.equal(open, []);
  assert.not.match(rest, /[<>]/);
  assert.not.match(text, /&(?!(amp|lt|gt|quot);)/);
  assert.not.match(text, /NaN|Infinity|undefined/);
}

/** Points of each polyline. */
const polylines = (svg: string) =>
  [...svg.matchAll(/<polyline[^>]* points="([^"]*)"/g)].map(([, points]) =>
    points.split(" ").filter(Boolean).map((pair) => pair.split(",").map(Number))
  );

test("is well-formed, with a line in both panels and a name for each curve", () => {
  const curves = Array.from({ length: 16 }, (_, i) => power(`algorithm ${i}.`, 1 + i / 16));
  const svg = growthPlot(curves, 10);
  requireWellFormed(svg);
  assert.is(polylines(svg).length, 2 * curves.length);
  for (const { name } of curves) assert.is(svg.split(`>${name}<`).length, 2);
  // No two look the same until colours and dashes are used up.
  const looks = [...svg.matchAll(/<polyline class="curve" (.*?) points/g)].map(([, look]) => look);
  assert.is(new Set(looks.slice(0, 14)).size, 14);
});

test("draws powers as straight lines of their slope", () => {
  const [linear, square] = polylines(growthPlot([power("n", 1), power("n^2", 2)], 10));
  const slopes = (line: number[][]) =>
    line.slice(1).map(([x, y], i) => (line[i][1] - y) / (x - line[i][0]));
  const first = slopes(linear), second = slopes(square);
  for (const i of [0, 1, 2]) {
    assert.ok(Math.abs(first[i] - first[0]) < 0.01);
    assert.ok(Math.abs(second[i] - 2 * first[0]) < 0.02);
  }
});

test("escapes names", () => {
  const name = `a < b && "c" > d</text>`;
  const svg = growthPlot([power(name, 1)], 10);
  requireWellFormed(svg);
  assert.ok(svg.includes("a &lt; b &amp;&amp; &quot;c&quot; &gt; d&lt;/text&gt;"));
  assert.is(escaped("plain"), "plain");
});

test("leaves out what has no logarithm, and draws one point, one size and none", () => {
  const zero = { name: "no memory", costs: [{ n: 1000, seconds: 1, bytes: 0 }] };
  for (
    const curves of [[zero], [power("one size", 1, [1000])], [{ name: "none", costs: [] }], []]
  ) {
    const svg = growthPlot(curves, 10);
    requireWellFormed(svg);
    assert.is(polylines(svg).length, 2 * curves.length);
  }
  assert.equal(polylines(growthPlot([zero], 10)).map((line) => line.length), [1, 0]);
});

test("names decades in units", () => {
  const svg = growthPlot([power("n", 1)], 10);
  for (const tick of ["1k", "100k", "1M", "1 ms", "10 ms", "1 s", "10 kB", "100 MB"]) {
    assert.ok(svg.includes(`>${tick}</text>`), tick);
  }
});

test.run();
