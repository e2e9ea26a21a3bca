import type { ValuesOf } from "./options.ts";
import type { AUTOENCODER, JOINT, TRIPLET } from "./train_options.ts";

/** Values of the options of any method that clusters. */
export type ClusterValues =
  & ValuesOf<typeof AUTOENCODER>
  & Partial<ValuesOf<typeof JOINT>>
  & Partial<ValuesOf<typeof TRIPLET>>;
