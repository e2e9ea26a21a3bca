/** `<asterism-map>` in a real page: what it draws, finds and says. */

import { Buffer } from "node:buffer";
import { decode } from "fast-png";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch, open, serve, type Site } from "./site.ts";

const test = suite("map");

let site: Site, browser: Browser;
test.before(async () => {
  site = await serve();
  browser = await launch();
});
test.after(async () => {
  await browser.close();
  await site.close();
});

/** A page with a map of n random points and, at 0, 0, a lone one of cluster 3 with a hostile name. */
async function withMap(n: number, flat = false): Promise<{ page: Page; faults: string[] }> {
  const watched = await open(browser, `${site.url}studio.html`);
  if (flat) {
    await watched.page.evaluate(() => {
      const real = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string) {
        return kind === "webgl2"
          ? null
          : (real as (kind: string) => RenderingContext | null).call(this, kind);
      } as typeof real;
    });
  }
  await watched.page.evaluate(async (n) => {
    await import(new URL("map.js", location.href).href);
    const map = document.createElement("asterism-map") as unknown as
      & HTMLElement
      & Record<string, unknown>;
    map.id = "tested";
    document.body.replaceChildren(map);
    // Points on a ring, so that the middle is free for the last one.
    const positions = new Float32Array(2 * n + 2), clusters = new Int32Array(n + 1);
    let seed = 1;
    const random = () => (seed = seed * 48_271 % 2_147_483_647) / 2_147_483_647;
    for (let i = 0; i < n; i++) {
      const angle = 2 * Math.PI * random(), radius = 5 + 5 * random();
      positions.set([radius * Math.cos(angle), radius * Math.sin(angle)], 2 * i);
      clusters[i] = i % 3;
    }
    clusters[n] = 3;
    map.data = {
      ...{ positions, clusters, clusterNames: ["a", "b", "c", "<img src=x onerror=hit=1>"] },
      ...{
        labels: clusters.map((c: number) => c % 2),
        labelNames: ["even", "odd"],
        xLabel: "x",
        yLabel: "y",
      },
      tooltip: (row: number) => ({
        title: `<script>hit=1</script> ${row}`,
        lines: ["<b>line</b>"],
        image: "https://example.org/x.png",
      }),
    };
    const events: unknown[] = [];
    Object.assign(globalThis, { events });
    for (const name of ["asterism-hover", "asterism-select", "asterism-pick"]) {
      map.addEventListener(name, (event) => {
        const { row, rows } = (event as CustomEvent).detail;
        events.push([name, row ?? (rows && Array.from(rows)) ?? null]);
      });
    }
  }, n);
  await watched.page.waitForTimeout(300);
  return watched;
}

/** Middle of the map's frame, which is where 0, 0 is, and pixels of the frame. */
function frameOf(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  return page.evaluate(() => {
    const frame = document.querySelector("#tested")!.shadowRoot!.querySelector(".frame")!;
    const { x, y, width, height } = frame.getBoundingClientRect();
    return { x, y, width, height };
  });
}

/** The pixel of 0, 0: the frame less its axes. */
const middle = (f: { x: number; y: number; width: number; height: number }) =>
  [f.x + 1 + 44 + (f.width - 2 - 54) / 2, f.y + 1 + 10 + (f.height - 2 - 44) / 2] as const;

type Event = [string, number | number[] | null];
const eventsOf = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { events: Event[] }).events);

/** The colour of a pixel of the page. */
async function pixel(page: Page, [x, y]: readonly [number, number]): Promise<number[]> {
  const { data, width, channels } = decode(await page.screenshot() as Buffer);
  const at = (Math.round(y) * width + Math.round(x)) * channels;
  return [...data.subarray(at, at + 3)];
}

/** Whether a colour is that of cluster 3, #cc6fa5, on white paper or nearly. */
const isPink = ([r, g, b]: number[]) => r > 190 && g < 200 && b > 140 && g < r - 30;

for (const flat of [false, true]) {
  const how = flat ? "without WebGL" : "by WebGL";

  test(`${how}: draws, hovers, names as text only, picks`, async () => {
    const { page, faults } = await withMap(flat ? 2000 : 70_000, flat);
    const at = middle(await frameOf(page));
    assert.ok(isPink(await pixel(page, at)), `${await pixel(page, at)}`);
    await page.mouse.move(at[0] + 2, at[1] - 1);
    await page.mouse.move(at[0] + 1, at[1]);
    const n = flat ? 2000 : 70_000;
    assert.equal((await eventsOf(page)).at(-1), ["asterism-hover", n]);
    const tip = await page.evaluate(() => {
      const box = document.querySelector("#tested")!.shadowRoot!.querySelector(".tip")!;
      return { text: box.textContent, inside: [...box.children].map((one) => one.localName) };
    });
    assert.is(tip.text, `<script>hit=1</script> ${n}<b>line</b>`);
    assert.equal(tip.inside, ["strong", "p"]);
    await page.mouse.click(at[0] + 1, at[1]);
    assert.equal((await eventsOf(page)).at(-1), ["asterism-pick", n]);
    assert.is(await page.evaluate(() => "hit" in globalThis), false);
    assert.equal(faults, []);
    await page.close();
  });
}

test("a lasso gives the points that are inside", async () => {
  const { page } = await withMap(5000);
  const f = await frameOf(page), at = middle(f);
  const corners = [[-100, -100], [150, -80], [120, 160], [-60, 90]].map((
    [x, y],
  ) => [at[0] + x, at[1] + y]);
  await page.keyboard.down("Shift");
  await page.mouse.move(corners[0][0], corners[0][1]);
  await page.mouse.down();
  for (const [x, y] of corners.slice(1)) await page.mouse.move(x, y);
  await page.mouse.up();
  await page.keyboard.up("Shift");
  const [, rows] = (await eventsOf(page)).findLast(([name]) => name === "asterism-select")!;
  // Units are as long as the whole map, 20 units high, allows.
  const wanted = await page.evaluate(({ corners, at, f }) => {
    const map = document.querySelector("#tested") as unknown as {
      data: { positions: Float32Array };
    };
    const { positions } = map.data;
    let extent = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < positions.length; i += 2) {
      const [x, y] = [positions[i], positions[i + 1]];
      extent = [
        Math.min(extent[0], x),
        Math.min(extent[1], y),
        Math.max(extent[2], x),
        Math.max(extent[3], y),
      ];
    }
    const scale = Math.min(
      (f.width - 2 - 70) / (extent[2] - extent[0]),
      (f.height - 2 - 60) / (extent[3] - extent[1]),
    );
    const centre = [(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2];
    const polygon = corners.map((
      [x, y],
    ) => [centre[0] + (x - at[0]) / scale, centre[1] - (y - at[1]) / scale]);
    const inside: number[] = [];
    for (let i = 0; i < positions.length / 2; i++) {
      let winding = 0;
      polygon.forEach(([x1, y1], k) => {
        const [x2, y2] = polygon[(k + 1) % polygon.length];
        const [px, py] = [positions[2 * i], positions[2 * i + 1]];
        winding += Math.atan2(
          (x1 - px) * (y2 - py) - (x2 - px) * (y1 - py),
          (x1 - px) * (x2 - px) + (y1 - py) * (y2 - py),
        );
      });
      if (Math.abs(winding) > 3) inside.push(i);
    }
    return inside;
  }, { corners, at, f });
  assert.ok(wanted.length > 5, `${wanted.length} points`);
  const both = (rows as number[]).filter((row) => wanted.includes(row)).length;
  // A point on the very edge may fall to either side by rounding of a pixel.
  assert.ok(
    both >= wanted.length - 2 && (rows as number[]).length <= wanted.length + 2,
    `${both} of ${wanted.length}`,
  );
  await page.close();
});

test("the legend hides groups, keys move and step, colours change", async () => {
  const { page } = await withMap(30_000);
  const at = middle(await frameOf(page));
  const legend = page.locator("#tested .legend button");
  assert.equal(await legend.allTextContents(), [
    "a10,000",
    "b10,000",
    "c10,000",
    "<img src=x onerror=hit=1>1",
  ]);
  await legend.nth(3).click();
  await page.waitForTimeout(100);
  assert.is(await legend.nth(3).getAttribute("aria-pressed"), "false");
  assert.equal(await pixel(page, at), [255, 255, 255]);
  await page.locator("#tested .frame").focus();
  await page.keyboard.press("n");
  await page.keyboard.press("n");
  assert.equal((await eventsOf(page)).at(-1), ["asterism-hover", 1]);
  assert.is(
    await page.locator("#tested .told").textContent(),
    "<script>hit=1</script> 1, <b>line</b>",
  );
  await page.keyboard.press("p");
  await page.keyboard.press("Enter");
  assert.equal((await eventsOf(page)).at(-1), ["asterism-pick", 0]);
  const ticks = () => page.locator("#tested .over g.x").textContent();
  const before = await ticks();
  await page.keyboard.press("+");
  await page.waitForTimeout(400);
  assert.is.not(await ticks(), before);
  await page.keyboard.press("0");
  await page.evaluate(() =>
    (document.querySelector("#tested") as HTMLElement & { colourBy: string }).colourBy = "label"
  );
  assert.equal(await legend.allTextContents(), ["even20,000", "odd10,001"]);
  await page.close();
});

test("points move, and a lost context comes back", async () => {
  const { page, faults } = await withMap(20_000);
  const at = middle(await frameOf(page));
  assert.ok(isPink(await pixel(page, at)), "drawn at first");
  await page.evaluate(() => {
    const map = document.querySelector("#tested") as unknown as {
      data: { positions: Float32Array };
      move(to: Float32Array, ms: number): void;
    };
    const to = map.data.positions.slice();
    to.set([3, 0], to.length - 2);
    map.move(to, 100);
  });
  await page.waitForTimeout(400);
  assert.equal(await pixel(page, at), [255, 255, 255]);
  await page.evaluate(async () => {
    const canvas = document.querySelector("#tested")!.shadowRoot!.querySelector("canvas")!;
    const lose = canvas.getContext("webgl2")!.getExtension("WEBGL_lose_context")!;
    lose.loseContext();
    await new Promise((resolve) => setTimeout(resolve, 100));
    lose.restoreContext();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const map = document.querySelector("#tested") as unknown as {
      data: { positions: Float32Array };
      move(to: Float32Array, ms: number): void;
    };
    const to = map.data.positions.slice();
    to.set([0, 0], to.length - 2);
    map.move(to, 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
  });
  assert.ok(isPink(await pixel(page, at)), `${await pixel(page, at)}`);
  assert.equal(faults, []);
  await page.close();
});

test("data that do not fit together are refused in a sentence", async () => {
  const { page } = await withMap(10);
  const said = await page.evaluate(() => {
    try {
      (document.querySelector("#tested") as HTMLElement & { data: unknown }).data = {
        positions: new Float32Array(4),
        clusters: new Int32Array(3),
      };
    } catch (error) {
      return (error as Error).message;
    }
  });
  assert.is(said, "asterism-map: 3 clusters need 6 positions and as many labels, got 4");
  await page.close();
});

test.run();
