import { suite } from "uvu";
import * as assert from "uvu/assert";
import { element, escape, joined } from "../../shell/report/markup.ts";
import { hueOf, shapeOf } from "../../shell/report/theme.ts";
import { fitted, short, svgFile } from "../../shell/report/svg.ts";

const test = suite("markup");

test("text stays text, in elements and in attributes", () => {
  const hostile = `<img src=x onerror="alert('1')">&\u0000\u202e`;
  const made = element("p", { title: hostile }, hostile).text;
  assert.is(
    made,
    '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;\ufffd\ufffd">' +
      "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;\ufffd\ufffd</p>",
  );
});

test("lines and tabs are kept, halves of characters are not", () => {
  assert.is(escape("a\n\tb\ud800c\u0007"), "a\n\tb\ufffdc\ufffd");
});

test("what is false or missing is left out", () => {
  const made = element("a", { b: false, c: undefined, d: true, e: 0 }, null, false, [
    1,
    joined("x", "<"),
  ]);
  assert.is(made.text, '<a d e="0">1x&lt;</a>');
  assert.is(element("br", {}).text, "<br>");
});

test("70 groups look different, the first ten in colour alone, noise is grey", () => {
  const looks = Array.from({ length: 70 }, (_, group) => `${hueOf(group)} ${shapeOf(group).draw}`);
  assert.is(new Set(looks).size, 70);
  assert.is(new Set(Array.from({ length: 10 }, (_, group) => hueOf(group))).size, 10);
  assert.is(hueOf(-1), "#8b93a1");
});

test("numbers are short and texts fit", () => {
  assert.equal([0, 1234, 12_345.6, 0.012_345, NaN, 2e6].map(short), [
    "0",
    "1,234",
    "12.3k",
    "0.0123",
    "–",
    "2M",
  ]);
  assert.is(fitted("abcdefghij", 35), "abcd…");
});

test("a file has its colours written out", () => {
  const file = svgFile('<svg><title>t</title><g fill="var(--asterism-ink)"/></svg>', "dark");
  assert.match(file, '<g fill="#e8ecf3"/>');
  assert.match(file, '</title><rect width="100%" height="100%" fill="#13171e"/>');
});

test.run();
