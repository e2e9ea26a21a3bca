/** What each score means, and what it does not say. */
const MEANINGS: Readonly<Record<string, string>> = {
  accuracy:
    "Share of rows whose cluster goes with their class, in the best one-to-one matching. It was not used to find the clusters.",
  "accuracy before":
    "The accuracy of the first clustering, before network and centres were refined together.",
  nmi:
    "What the clusters tell of the classes, 0 to 1: mutual information over the mean of both entropies. Many small clusters raise it.",
  ari:
    "Agreement of all pairs of rows with the classes, adjusted for chance: 0 as random labels, 1 when equal.",
  silhouette:
    "How much nearer a row is to its own cluster than to the next, -1 to 1, in the space of the codes. Never compare it between two embeddings.",
  inertia:
    "Squared distances of the codes to their centres, added up. It falls with more clusters, always.",
  training: "Loss of the last epoch.",
  loss: "Loss of the last epoch.",
  pretraining: "Loss of the last epoch of the first phase.",
  refinement: "Loss of the last epoch in which clusters and network were trained together.",
  "test accuracy": "Share of right answers on rows that the network has not seen.",
  "test ari": "The same as ari, of rows that the network has not seen.",
  "test nmi": "The same as nmi, of rows that the network has not seen.",
};

/** A sentence on a score; a general one if it is not known. */
export function meaningOf(name: string): string {
  return MEANINGS[name] ?? "As printed at the end of the run.";
}
