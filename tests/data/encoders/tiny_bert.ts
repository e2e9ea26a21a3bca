/**
 * A sentence encoder in 6 KB with the files of a real one: WordPiece tokens, one head of attention
 * that heeds the mask, random weights. What it computes is written out below in plain numbers.
 */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randoms } from "../../harness.ts";
import { type Field, message } from "./protobuf.ts";

/** Numbers of a token, and so of a text. */
export const WIDTH = 16;
/** Tokens of a text, with the two that stand around it. */
const MOST = 24;

const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
const LETTERS = Array.from("abcdefghijklmnopqrstuvwxyz");
const VOCABULARY = [...SPECIAL, ...LETTERS, ...LETTERS.map((letter) => `##${letter}`)];

/** Types of ONNX. */
const FLOAT = 1, INT64 = 7;

interface Weights {
  readonly e: Float32Array;
  readonly w: Float32Array;
}

function weightsOf(seed: number): Weights {
  return {
    e: randoms(VOCABULARY.length * WIDTH, seed, -1, 1),
    w: randoms(WIDTH * WIDTH, seed + 1, -0.5, 0.5),
  };
}

function constant(name: string, dims: number[], values: Float32Array | BigInt64Array): Uint8Array {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const type = values instanceof Float32Array ? FLOAT : INT64;
  return message(...dims.map((d): Field => [1, d]), [2, type], [8, name], [9, raw]);
}

function node(type: string, inputs: string[], output: string, ...attributes: Uint8Array[]) {
  return message(
    ...inputs.map((name): Field => [1, name]),
    [2, output],
    [3, output],
    [4, type],
    ...attributes.map((one): Field => [5, one]),
  );
}

/** Kinds of attributes: 2 is an integer, 7 a list of them. */
const integer = (name: string, value: number) => message([1, name], [3, value], [20, 2]);
const integers = (name: string, values: number[]) =>
  message([1, name], ...values.map((v): Field => [8, v]), [20, 7]);

function value(name: string, type: number, dims: (string | number)[]): Uint8Array {
  const shape = message(
    ...dims.map((d): Field => [1, message([typeof d === "string" ? 2 : 1, d])]),
  );
  return message([1, name], [2, message([1, message([1, type], [2, shape])])]);
}

/** `tanh(x + softmax(x x^T + mask) x w)` for the embeddings x of the tokens. */
function onnx({ e, w }: Weights): Uint8Array {
  const graph = message(
    ...[
      node("Gather", ["e", "input_ids"], "x"),
      node("Transpose", ["x"], "turned", integers("perm", [0, 2, 1])),
      node("MatMul", ["x", "turned"], "products"),
      node("Cast", ["attention_mask"], "mask", integer("to", FLOAT)),
      node("Unsqueeze", ["mask", "one"], "mask_row"),
      node("Sub", ["mask_row", "unit"], "padding"),
      node("Mul", ["padding", "large"], "bias"),
      node("Add", ["products", "bias"], "masked"),
      node("Softmax", ["masked"], "attention", integer("axis", -1)),
      node("MatMul", ["attention", "x"], "mixed"),
      node("MatMul", ["mixed", "w"], "turn"),
      node("Add", ["x", "turn"], "sum"),
      node("Tanh", ["sum"], "last_hidden_state"),
    ].map((one): Field => [1, one]),
    [2, "tiny"],
    [5, constant("e", [VOCABULARY.length, WIDTH], e)],
    [5, constant("w", [WIDTH, WIDTH], w)],
    [5, constant("one", [1], BigInt64Array.of(1n))],
    [5, constant("unit", [1], Float32Array.of(1))],
    [5, constant("large", [1], Float32Array.of(1e4))],
    [11, value("input_ids", INT64, ["batch", "length"])],
    [11, value("attention_mask", INT64, ["batch", "length"])],
    [12, value("last_hidden_state", FLOAT, ["batch", "length", WIDTH])],
  );
  return message([1, 8], [8, message([1, ""], [2, 13])], [7, graph]);
}

function tokenizer(): object {
  const special = (id: number) => ({
    [SPECIAL[id]]: { id: SPECIAL[id], ids: [id], tokens: [SPECIAL[id]] },
  });
  const token = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const flags = {
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
  const single = [token("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, token("[SEP]")];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({ id, content, ...flags })),
    normalizer: {
      type: "BertNormalizer",
      ...{ clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      ...{ single, pair: single, special_tokens: { ...special(2), ...special(3) } },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      ...{ unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
      vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])),
    },
  };
}

/** Writes the model's files to a folder. */
export async function writeTinyBert(dir: string, seed = 1): Promise<void> {
  await mkdir(join(dir, "onnx"), { recursive: true });
  const names = { pad_token: "[PAD]", unk_token: "[UNK]", cls_token: "[CLS]", sep_token: "[SEP]" };
  const files: Record<string, string | Uint8Array> = {
    "config.json": JSON.stringify({
      ...{ model_type: "bert", architectures: ["BertModel"], hidden_size: WIDTH },
      vocab_size: VOCABULARY.length,
    }),
    "tokenizer.json": JSON.stringify(tokenizer()),
    "tokenizer_config.json": JSON.stringify({
      ...{ tokenizer_class: "BertTokenizer", model_max_length: MOST, do_lower_case: true },
      ...names,
    }),
    "onnx/model.onnx": onnx(weightsOf(seed)),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
}

/** Tokens of a text of small letters and spaces. */
function tokens(text: string): number[] {
  const words = text.split(" ").filter((word) => word !== "");
  const ids = words.flatMap((word) =>
    Array.from(word, (letter, i) => VOCABULARY.indexOf(i ? `##${letter}` : letter))
  );
  return [2, ...ids, 3].slice(0, MOST);
}

/** What the model makes of a text of small letters and spaces, in float64. */
export function tinyBert(
  text: string,
  { pooling = "mean", normalise = true, seed = 1 } = {},
): number[] {
  const { e, w } = weightsOf(seed);
  const x = tokens(text).map((id) => Array.from(e.subarray(id * WIDTH, (id + 1) * WIDTH)));
  const dot = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const hidden = x.map((own) => {
    const scores = x.map((other) => Math.exp(dot(own, other)));
    const total = scores.reduce((a, b) => a + b, 0);
    const mixed = own.map((_, c) => dot(scores, x.map((other) => other[c])) / total);
    return own.map((v, c) => Math.tanh(v + mixed.reduce((s, m, i) => s + m * w[i * WIDTH + c], 0)));
  });
  const pooled = pooling === "cls"
    ? hidden[0]
    : hidden[0].map((_, c) => hidden.reduce((sum, row) => sum + row[c], 0) / hidden.length);
  const length = normalise ? Math.hypot(...pooled) : 1;
  return pooled.map((v) => v / length);
}
