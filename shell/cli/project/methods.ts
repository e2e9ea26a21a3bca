import type { ProjectMethod } from "./method.ts";
import { pcaMethod } from "./pca.ts";
import { tsneMethod } from "./tsne.ts";
import { umapMethod } from "./umap.ts";

/** The methods of `asterism project` by name; the first is the default. */
export const PROJECTIONS: Readonly<Record<string, ProjectMethod>> = {
  pca: pcaMethod,
  tsne: tsneMethod,
  umap: umapMethod,
};
