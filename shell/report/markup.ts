/** HTML and SVG as text, in which nothing that comes from data can be anything but text. */

/** Text that is markup already: only {@link element} and {@link joined} make it. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

/** What an element may hold: strings and numbers are shown as they are. */
export type Child = Markup | string | number | false | null | undefined | readonly Child[];

/** Attributes by name; those that are undefined or false are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Elements of HTML without an end. */
const VOID = new Set(["meta", "link", "br", "hr", "img", "input"]);

/** Controls, halves of characters, and marks that turn the direction of what follows. */
const HARMFUL = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand between tags or quotes. Line ends and tabs stay, other controls do not. */
export function escape(text: string): string {
  return text
    .replace(HARMFUL, (c) => c === "\n" || c === "\t" ? c : "\ufffd")
    .replace(/[&<>"']/g, (c) => ESCAPES[c]);
}

/** `<name a="b">children</name>`. */
export function element(name: string, attributes: Attributes, ...children: Child[]): Markup {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([key, value]) => value === true ? ` ${key}` : ` ${key}="${escape(String(value))}"`)
    .join("");
  if (VOID.has(name)) return new Markup(`<${name}${list}>`);
  return new Markup(`<${name}${list}>${textOf(children)}</${name}>`);
}

/** Several pieces, one after the other. */
export function joined(...children: Child[]): Markup {
  return new Markup(textOf(children));
}

function textOf(child: Child): string {
  if (child instanceof Markup) return child.text;
  if (Array.isArray(child)) return child.map(textOf).join("");
  if (child === false || child === null || child === undefined) return "";
  return escape(String(child));
}
