/**
 * The errors that reach a user, by what went wrong. Arguments that break an op's contract are
 * plain `RangeError` or `TypeError`; everything else is one of these. Each message is one sentence
 * that says what is wrong, where, and what to do.
 */

/** A kernel failed to compile, or failed while it ran. */
export class KernelError extends Error {
  /** For `error.name`; also survives a minified build. */
  override name = "KernelError";
}

/** A device is missing, was lost, ran out of memory or computes wrongly. */
export class DeviceError extends Error {
  /** For `error.name`; also survives a minified build. */
  override name = "DeviceError";
}

/** A data set or file cannot be used: the message names the file, row and column. */
export class DataError extends Error {
  /** For `error.name`; also survives a minified build. */
  override name = "DataError";

  /** Takes one sentence: what is wrong, where, what to do. */
  constructor(message = "", options?: ErrorOptions) {
    // What files say is quoted in messages, and must not move a terminal's cursor or ring its bell.
    super(message.replaceAll(CONTROL, "\ufffd"), options);
  }
}

/** Characters that a terminal obeys. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;

/** Training cannot go on: the loss is no longer a number. */
export class TrainingError extends Error {
  /** For `error.name`; also survives a minified build. */
  override name = "TrainingError";
}

/** A command line that cannot be understood: exit code 2. */
export class UsageError extends Error {
  /** For `error.name`; also survives a minified build. */
  override name = "UsageError";
}

/** A run that was stopped on request (Ctrl-C, an AbortSignal): what was written stays intact. */
export class Cancelled extends Error {
  /** For `error.name`; also survives a minified build. */
  override name = "Cancelled";
}
