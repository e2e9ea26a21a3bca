import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tokenise } from "../../shell/text/tokenise.ts";

const test = suite("tokenise");

test("words of two letters or more in lower case", () => {
  assert.equal(tokenise("The cat, a DOG & x_1: don't! 42"), [
    "the",
    "cat",
    "dog",
    "x_1",
    "don",
    "42",
  ]);
  assert.equal(tokenise(""), []);
  assert.equal(tokenise(" ...?! \u0000\u001b[2J"), ["2j"]);
});

test("any script, composed or not", () => {
  assert.equal(tokenise("Cafe\u0301 ÉTÉ Ёлка straße ＡＢＣ"), [
    "café",
    "été",
    "ёлка",
    "straße",
    "abc",
  ]);
  assert.equal(tokenise("हिन्दी भाषा"), ["हिन्दी", "भाषा"], "marks belong to their words");
  assert.equal(tokenise("مرحبا بالعالم"), ["مرحبا", "بالعالم"]);
  assert.equal(tokenise("𝔞 𐐨𐐩 𐐨"), ["𐐨𐐩"], "characters of two units");
});

test("scripts without spaces give pairs of characters", () => {
  assert.equal(tokenise("深層学習 gpu版"), ["深層", "層学", "学習", "gpu", "版"]);
  assert.equal(tokenise("データ"), ["デー", "ータ"]);
  assert.equal(tokenise("𠮷野家"), ["𠮷野", "野家"]);
});

test("halves of surrogate pairs are no words", () => {
  assert.equal(tokenise("ab\ud800cd \udc00"), ["ab", "cd"]);
});

test.run();
