/** A small strict reader of XML: enough to see that a picture is well formed, and what is in it. */

/** An element. */
export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

/** Reads a document. @throws Error where it is not well formed */
export function readXml(file: string): Node {
  const text = file.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  const root: Node = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  let at = 0;
  for (const { 0: tag, index } of text.matchAll(/<[^>]*>/g)) {
    open.at(-1)!.text += plain(text.slice(at, index));
    at = index + tag.length;
    const [, end, name, rest, empty] =
      /^<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>$/.exec(tag) ?? [];
    if (name === undefined) throw new Error(`no tag: ${tag}`);
    if (end) {
      if (open.pop()!.name !== name) throw new Error(`${tag} ends another element`);
      continue;
    }
    const attributes = Object.fromEntries(
      [...rest.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key, plain(value)]),
    );
    const node = { name, attributes, children: [], text: "" };
    open.at(-1)!.children.push(node);
    if (!empty) open.push(node);
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.name}> does not end`);
  return root.children[0];
}

function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  if (/[<>\u0000-\u0008]/.test(text)) throw new Error(`not escaped: ${text}`);
  return text.replace(/&[^;]*;?/g, (one) => {
    if (ENTITIES[one] === undefined) throw new Error(`no entity: ${one}`);
    return ENTITIES[one];
  });
}

/** All elements of a name, in order. */
export function all(node: Node, name: string): Node[] {
  return node.children.flatMap((one) => [...one.name === name ? [one] : [], ...all(one, name)]);
}
