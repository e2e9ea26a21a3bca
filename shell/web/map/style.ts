/** The style of `<asterism-map>`; a page sets the colours by the properties of the theme. */
export const STYLE = `
:host { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 8px; min-height: 320px;
  color: var(--asterism-ink, #1b2230); font: 13px/1.4 system-ui, sans-serif; contain: content; }
:host([hidden]) { display: none; }
.frame { position: relative; min-height: 280px; border-radius: 6px; overflow: hidden;
  border: 1px solid var(--asterism-line, #d5dbe5); background: var(--asterism-paper, #fff);
  touch-action: none; cursor: grab; }
.frame.lassoing { cursor: crosshair; }
.frame:focus-visible, button:focus-visible { outline: 2px solid var(--asterism-accent, #0b5cad);
  outline-offset: 1px; }
canvas, svg.over { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
svg.over { pointer-events: none; fill: none; }
svg.over text { fill: var(--asterism-soft, #5a6475); font: 11px system-ui, sans-serif; }
svg.over .name { font-size: 12px; }
svg.over line, svg.over path.domain { stroke: var(--asterism-line, #d5dbe5); }
svg.over path.lasso { stroke: var(--asterism-accent, #0b5cad); stroke-width: 1.5;
  stroke-dasharray: 4 3; fill: var(--asterism-accent, #0b5cad); fill-opacity: .12; }
svg.over circle.here { stroke: var(--asterism-ink, #1b2230); stroke-width: 2; }
.tools { position: absolute; top: 6px; right: 6px; display: flex; gap: 4px; }
button { font: inherit; color: inherit; border: 1px solid var(--asterism-line, #d5dbe5);
  border-radius: 5px; background: var(--asterism-paper, #fff); padding: 2px 8px; min-height: 26px;
  cursor: pointer; }
button[aria-pressed="true"] { background: var(--asterism-accent, #0b5cad);
  color: var(--asterism-paper, #fff); }
.legend { list-style: none; margin: 0; padding: 0; max-height: 100%; overflow: auto; width: 172px; }
.legend button { display: grid; grid-template-columns: 16px minmax(0, 1fr) auto; gap: 6px; width: 100%;
  align-items: center; text-align: left; border-color: transparent; background: none;
  color: inherit; }
.legend button[aria-pressed="false"] { opacity: .45; text-decoration: line-through; }
.legend .what { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.legend .count { color: var(--asterism-soft, #5a6475); font-variant-numeric: tabular-nums; }
.tip { position: absolute; max-width: min(280px, 70%); padding: 6px 9px; pointer-events: none;
  border: 1px solid var(--asterism-line, #d5dbe5); border-radius: 6px;
  background: var(--asterism-panel, #f3f5f9); box-shadow: 0 2px 8px #0003; overflow-wrap: anywhere; }
.tip[hidden] { display: none; }
.tip strong { display: block; }
.tip img { display: block; image-rendering: pixelated; min-width: 56px; max-width: 112px;
  max-height: 112px; margin-bottom: 4px; background: #000; }
.tip p { margin: 0; }
.told { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.error { padding: 16px; }
:host(.narrow) { grid-template-columns: minmax(0, 1fr); }
:host(.narrow) .legend { width: auto; display: flex; flex-wrap: wrap; max-height: 138px; }
:host(.narrow) .legend button { width: auto; }
@media (forced-colors: active) { button[aria-pressed="true"] { forced-color-adjust: none; } }
`;
