/** Shows how far a stage is: on a terminal, in a page, or nowhere. */
export interface Bar {
  /** @param share 0 to 1 @param note what else to say */
  update(share: number, note: string): void;
  /** Ends the stage, with a last word. */
  done(note: string): void;
}
