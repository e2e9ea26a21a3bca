// Builds dist/docs/: the guide, the tutorial and the architecture from their Markdown, and the API from
// the docstrings, by `deno doc`. Runs in Deno, which it asks for the API.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";

process.chdir(join(dirname(fileURLToPath(import.meta.url)), ".."));
const OUT = "dist/docs";

/** Pages: their source, their file, and what the menu calls them. */
const PAGES = [
  { source: "README.md", file: "index.html", name: "Guide" },
  { source: "docs/tutorial.md", file: "tutorial.html", name: "Tutorial" },
  { source: "ARCHITECTURE.md", file: "architecture.html", name: "Architecture" },
  { source: "CONTRIBUTING.md", file: "contributing.html", name: "Contributing" },
  { source: "CHANGELOG.md", file: "changelog.html", name: "Changes" },
];
const API = { file: "api.html", name: "API" };

/** What a program or a page imports, and the module that it gets. */
const MODULES = JSON.parse(readFileSync("package.json", "utf8")).exports;

/** The modules with types, as they are imported, and their sources. */
function modules() {
  return Object.entries(MODULES).filter(([, { types }]) => types).map(([path, { types }]) => ({
    name: join("asterism", path),
    source: types.replace("./dist/types/", "").replace(/\.d\.ts$/, ".ts"),
  }));
}

/** Writes the pages of each module, and one that lists the modules. */
function api() {
  const lines = modules().map(({ name, source }) => {
    const out = `api/${name.replaceAll("/", "-")}`;
    const options = ["doc", "--html", `--name=${name}`, `--output=${OUT}/${out}`, source];
    execFileSync(process.execPath, options, { stdio: ["ignore", "ignore", "pipe"] });
    const [, about = ""] = /^\/\*\*\s*([^]*?)(\n \*\n|\*\/)/.exec(readFileSync(source, "utf8")) ??
      [];
    const words = about.replace(/\s*\n \*\s*/g, " ").trim();
    return `- [\`${name}\`](${out}/all_symbols.html): ${words}`;
  });
  write(
    API.file,
    `# API\n\nFrom the docstrings, by module: what \`import { ... } from\` names.\n\n${
      lines.join("\n")
    }\n`,
    `${OUT}/${API.file}`,
  );
}

/** Links to sources lead to this machine's disk: to copies of them instead, as plain text. */
function sources(dir) {
  const root = encodeURI(`file://${process.cwd()}/`).replaceAll("/", "&#x2F;");
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) sources(path);
    else if (path.endsWith(".html")) {
      const up = relative(dirname(path), join(OUT, "source"));
      const pattern = new RegExp(
        `href="${root.replace(/[.*+?^$|()[\]\\{}]/g, "\\$&")}([^"]*)"`,
        "g",
      );
      writeFileSync(
        path,
        readFileSync(path, "utf8").replace(pattern, (_all, link) => {
          const source = decodeURI(link.replaceAll("&#x2F;", "/"));
          const copy = join(OUT, "source", `${source}.txt`);
          if (!existsSync(copy)) {
            mkdirSync(dirname(copy), { recursive: true });
            cpSync(source, copy);
          }
          return `href="${up}/${source}.txt"`;
        }),
      );
    }
  }
}

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** As GitHub makes them, so that links within a page hold there and here. */
const anchor = (text) =>
  text.toLowerCase().replace(/<[^>]*>|[^\p{L}\p{N} _-]/gu, "").trim().replaceAll(" ", "-");

/** The target of a link: of pages of this site, their file here. */
function target(href, source) {
  if (/^(\w+:|#)/.test(href) || source.startsWith(OUT)) return href;
  const [path, hash] = href.split("#");
  const at = join(dirname(source), path);
  const page = PAGES.find((page) => page.source === at);
  if (page) return page.file + (hash ? `#${hash}` : "");
  if (!existsSync(at)) throw new Error(`${source} links to ${href}, which is not there`);
  mkdirSync(join(OUT, dirname(at)), { recursive: true });
  cpSync(at, join(OUT, at), { recursive: true });
  return at;
}

/** Writes a page. @param source that the Markdown's links start from */
function write(file, markdown, source) {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const inner = this.parser.parseInline(tokens);
        return `<h${depth} id="${anchor(text)}">${inner}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        return `<a href="${escape(target(href, source))}">${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, text }) {
        return `<img src="${escape(target(href, source))}" alt="${escape(text)}">`;
      },
    },
  });
  // What is wide scrolls by itself, by keyboard too.
  const body = marked.parse(markdown)
    .replaceAll("<pre>", '<pre tabindex="0">')
    .replaceAll("<table>", '<div class="table" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>");
  const title = /^# (.*)$/m.exec(markdown)?.[1] ?? "Asterism";
  const menu = [...PAGES, API].map((one) =>
    `<a href="${one.file}"${one.file === file ? ' aria-current="page"' : ""}>${one.name}</a>`
  );
  writeFileSync(
    join(OUT, file),
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'">
<title>${escape(title === "Asterism" ? title : `${title} - Asterism`)}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<nav aria-label="Documentation">${menu.join("\n")}</nav>
<main>
${body}</main>
</body>
</html>
`,
  );
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(`${OUT}/api`, { recursive: true });
cpSync("docs/style.css", join(OUT, "style.css"));
PAGES.forEach(({ source, file }) => write(file, readFileSync(source, "utf8"), source));
api();
sources(join(OUT, "api"));
console.log(`built ${OUT}/: open ${OUT}/index.html`);
