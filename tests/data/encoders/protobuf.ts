/** Just enough of protobuf's wire format to write an ONNX model. */

/** A field: its number and value; numbers are varints, the rest bytes with a length. */
export type Field = readonly [number, number | bigint | string | Uint8Array];

function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

/** A message of these fields. */
export function message(...fields: readonly Field[]): Uint8Array {
  const parts = fields.map(([number, value]) => {
    if (typeof value === "number" || typeof value === "bigint") {
      return Uint8Array.from([...varint(number << 3), ...varint(value)]);
    }
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length), ...bytes]);
  });
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
