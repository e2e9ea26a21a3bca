// All pairs with ||x_i - x_j||^2 <= E: counted, joined into sets, or asked for the smallest value.
// Queries and members lie in panels of 8. A block of queries goes through a tree of boxes; a tile is
// the squared distances of one panel to four members, its loads shared by 32 pairs.

import { boxNear, boxOf, panelNear } from "./boxes";
import { distances8x4 } from "./panel_distances";
import { gather8 } from "./panels";
import { joinSets, rootOf } from "./sets";

@unmanaged
export class RadiusJoinArgs {
  x: usize;
  low: usize;
  query: usize;
  block: usize;
  order: usize;
  start: usize;
  box: usize;
  value: usize;
  dim: u32;
  members: u32;
  queries: u32;
  leaves: u32;
  blocks: u32;
  first: u32;
  count: u32;
  task: u32;
  split: u32;
  pack: u32;
  lo: f32;
  hi: f32;
  square_high: u32;
  square_low: u32;
  scratch: usize;
}

const PANEL: u32 = 8;
const COUNT: u32 = 0;
const LINK: u32 = 1;
const REACH: u32 = 2;

/** Dimensions up to which each panel is compared with the box of a leaf: boxes are of use there. */
const NARROW: u32 = 64;

/** A block's part of the scratch memory: counts of its queries, counts of a leaf, a tile, a box. */
const ROWS: usize = 0;
const COLUMNS: usize = 128;
const TILE: usize = 256;
const BOX: usize = 384;

function panelsOf(n: u32): u32 {
  return (n + PANEL - 1) / PANEL;
}

function panelBytes(a: RadiusJoinArgs): usize {
  return (a.dim as usize) << 5;
}

/** Bytes of one corner of a box. */
function cornerOf(a: RadiusJoinArgs): usize {
  return (((a.dim + 3) & ~3) as usize) << 2;
}

function box(a: RadiusJoinArgs, node: u32): usize {
  return a.box + (node as usize) * 2 * cornerOf(a);
}

function word(list: usize, i: u32): u32 {
  return load<u32>(list + (i << 2));
}

/** Panels of the members, then those of the queries if they are others. */
function memberPanels(a: RadiusJoinArgs): usize {
  return a.scratch;
}
function queryPanels(a: RadiusJoinArgs): usize {
  return a.task == REACH ? a.scratch + (panelsOf(a.members) as usize) * panelBytes(a) : a.scratch;
}

/** After the panels a word for each leaf: 1 once all its members are known to be of one set. */
function flagsOf(a: RadiusJoinArgs): usize {
  const owners = a.task == REACH ? a.queries : a.members;
  return queryPanels(a) + (panelsOf(owners) as usize) * panelBytes(a);
}

function stateOf(a: RadiusJoinArgs, block: u32): usize {
  return flagsOf(a) + ((a.leaves as usize) << 2) +
    ((block - a.first) as usize) * (BOX + 2 * cornerOf(a));
}

/** Packs panels unless an earlier step has; NaN in the places that are left over is near nothing. */
export function radius_join_pack(args: usize, begin: u32, end: u32): void {
  const a = changetype<RadiusJoinArgs>(args);
  if (!a.pack) return;
  if (begin == 0) memory.fill(flagsOf(a), 0, (a.leaves as usize) << 2);
  const members = panelsOf(a.members);
  for (let item = begin; item < end; item++) {
    const own = item < members;
    const panel = own ? item : item - members;
    const list = own ? a.order : a.query, n = own ? a.members : a.queries;
    const from = panel * PANEL, filled = min(PANEL, n - from);
    const to = a.scratch + (item as usize) * panelBytes(a);
    gather8(a.x, list + (from << 2), filled, a.dim, to);
    for (let r = filled; r < PANEL; r++) {
      for (let d: u32 = 0; d < a.dim; d++) store<f32>(to + (d << 5) + (r << 2), NaN);
    }
  }
}

/** An item is a block of queries. */
export function radius_join(args: usize, begin: u32, end: u32): void {
  const a = changetype<RadiusJoinArgs>(args);
  for (let item = begin; item < end; item++) {
    const block = a.first + item;
    if (block >= a.blocks) return;
    const state = stateOf(a, block);
    memory.fill(state, 0, TILE);
    if (a.task == REACH) reach(a, block, state);
    else joinSelf(a, block, state);
  }
}

/** The next node that is not below this one; 1 after the last. */
function after(node: u32): u32 {
  node++;
  return node >> ctz(node);
}

/** A block of members meets itself and the leaves behind it. */
function joinSelf(a: RadiusJoinArgs, block: u32, state: usize): void {
  const corner = cornerOf(a), own = box(a, a.leaves + block);
  meet(a, block, block, state);
  for (let node = after(a.leaves + block); node > 1;) {
    if (!boxNear(own, box(a, node), corner, a.hi)) node = after(node);
    else if (node < a.leaves) node <<= 1;
    else {
      meet(a, block, node - a.leaves, state);
      node = after(node);
    }
  }
  if (a.task != COUNT) return;
  addCounts(a, word(a.start, block), word(a.start, block + 1), state + ROWS);
}

/** A block of other queries meets all leaves. */
function reach(a: RadiusJoinArgs, block: u32, state: usize): void {
  const corner = cornerOf(a), own = state + BOX;
  const from = word(a.block, block) / PANEL, to = panelsOf(word(a.block, block + 1));
  const panels = queryPanels(a), bytes = panelBytes(a);
  memory.fill(own, 0, 2 * corner);
  boxOf(panels + from * bytes, panels + to * bytes, a.dim, corner, own);
  let node: u32 = 1;
  do {
    if (!boxNear(own, box(a, node), corner, a.hi)) node = after(node);
    else if (node < a.leaves) node <<= 1;
    else {
      meet(a, block, node - a.leaves, state);
      node = after(node);
    }
  } while (node > 1);
}

/** A block meets a leaf. */
function meet(a: RadiusJoinArgs, block: u32, leaf: u32, state: usize): void {
  if (a.task == LINK && joined(a, block, leaf)) return;
  const from = word(a.block, block) / PANEL, to = panelsOf(word(a.block, block + 1));
  const first = word(a.start, leaf), last = word(a.start, leaf + 1);
  const narrow = a.dim <= NARROW, leafBox = box(a, a.leaves + leaf), corner = cornerOf(a);
  const members = memberPanels(a) + ((first / PANEL) as usize) * panelBytes(a);
  for (let panel = from; panel < to; panel++) {
    const x = queryPanels(a) + (panel as usize) * panelBytes(a);
    if (narrow && !panelNear(x, x + panelBytes(a), leafBox, corner, a.hi)) continue;
    let y = members;
    for (let j = first; j < last; j += PANEL) {
      if (distances8x4(x, y, a.dim, a.hi, state + TILE)) take(a, panel, j, block, leaf, state);
      if (j + 4 < last && distances8x4(x, y + 16, a.dim, a.hi, state + TILE)) {
        take(a, panel, j + 4, block, leaf, state);
      }
      y += panelBytes(a);
    }
  }
  if (a.task != COUNT) return;
  // Of a block with itself, both ways are among the counts of the queries.
  if (block == leaf) memory.fill(state + COLUMNS, 0, TILE - COLUMNS);
  else addCounts(a, first, last, state + COLUMNS);
}

/** Adds the counts of members and zeroes them. */
function addCounts(a: RadiusJoinArgs, from: u32, to: u32, counts: usize): void {
  for (let i = from; i < to; i++) {
    const count = load<u32>(counts);
    if (count != 0) {
      atomic.add<u32>(a.value + (word(a.order, i) << 2), count);
      store<u32>(counts, 0);
    }
    counts += 4;
  }
}

/** Takes the pairs of a tile that are within the radius; j is the first of its members. */
function take(
  a: RadiusJoinArgs,
  panel: u32,
  j: u32,
  block: u32,
  leaf: u32,
  state: usize,
): void {
  const hi = f32x4.splat(a.hi), lo = f32x4.splat(a.lo);
  const rows = state + ROWS + ((panel * PANEL - word(a.block, block)) << 2);
  const columns = state + COLUMNS + ((j - word(a.start, leaf)) << 2);
  for (let c: u32 = 0; c < 4; c++) {
    const s0 = v128.load(state + TILE + (c << 5)), s1 = v128.load(state + TILE + (c << 5), 16);
    const m0 = f32x4.le(s0, hi), m1 = f32x4.le(s1, hi);
    let mask: u32 = i32x4.bitmask(m0) | (i32x4.bitmask(m1) << 4);
    if (mask == 0) continue;
    const sure: u32 = i32x4.bitmask(f32x4.le(s0, lo)) | (i32x4.bitmask(f32x4.le(s1, lo)) << 4);
    if (a.task == COUNT && sure == mask) {
      v128.store(rows, i32x4.sub(v128.load(rows), m0));
      v128.store(rows, i32x4.sub(v128.load(rows, 16), m1), 16);
      store<u32>(columns + (c << 2), word(columns, c) + popcnt(mask));
      continue;
    }
    const member = word(a.order, min(j + c, a.members - 1));
    for (; mask != 0; mask &= mask - 1) {
      const r: u32 = ctz(mask);
      const query = word(a.query, panel * PANEL + r);
      if (!((sure >> r) & 1) && !within(a, query, member)) continue;
      if (a.task == LINK) joinSets(a.value, query, member);
      else if (a.task == REACH) {
        const least = min(word(a.value, query), word(a.value, member));
        store<u32>(a.value + (query << 2), least);
      } else {
        store<u32>(rows + (r << 2), word(rows, r) + 1);
        store<u32>(columns + (c << 2), word(columns, c) + 1);
      }
    }
  }
}

/** Coordinate d of a row in float64. */
function coordinate(a: RadiusJoinArgs, row: u32, d: u32): f64 {
  const at = ((row as usize) * a.dim + d) << 2;
  const value = load<f32>(a.x + at) as f64;
  return a.split ? value + (load<f32>(a.low + at) as f64) : value;
}

/** The decision in float64. */
function within(a: RadiusJoinArgs, i: u32, j: u32): bool {
  let sum: f64 = 0;
  for (let d: u32 = 0; d < a.dim; d++) {
    const difference = coordinate(a, i, d) - coordinate(a, j, d);
    sum += difference * difference;
  }
  return sum <= reinterpret<f64>(((a.square_high as u64) << 32) | (a.square_low as u64));
}

/** Whether all members of two leaves are known to be of one set already. */
function joined(a: RadiusJoinArgs, block: u32, leaf: u32): bool {
  return uniform(a, block) && uniform(a, leaf) &&
    rootOf(a.value, word(a.order, word(a.start, block))) ==
      rootOf(a.value, word(a.order, word(a.start, leaf)));
}

/** Whether all members of a leaf are of one set; once they are, they stay so. */
function uniform(a: RadiusJoinArgs, leaf: u32): bool {
  const flag = flagsOf(a) + (leaf << 2);
  if (load<u32>(flag) != 0) return true;
  const from = word(a.start, leaf), to = word(a.start, leaf + 1);
  const root = rootOf(a.value, word(a.order, from));
  for (let i = from + 1; i < to; i++) {
    if (rootOf(a.value, word(a.order, i)) != root) return false;
  }
  store<u32>(flag, 1);
  return true;
}
