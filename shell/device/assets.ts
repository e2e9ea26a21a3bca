/** Where the built files are: beside the bundle, or in `dist/` when run from source. */

// The bundler puts "./" here.
declare const ASTERISM_DIST: string | undefined;

const base = new URL(
  typeof ASTERISM_DIST === "string" ? ASTERISM_DIST : "../../dist/",
  import.meta.url,
);

/** Address of a built file, below `assets` if the caller serves them from elsewhere. */
export function asset(name: string, assets?: string | URL): URL {
  return new URL(name, assets ?? base);
}
