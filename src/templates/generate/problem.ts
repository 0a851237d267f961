/** The reason why a description cannot become a data source. */
export interface Problem {
  code: string;
  /** The place in the description: keys and indices from the top. */
  path: readonly (string | number)[];
  /** One sentence without a final full stop. */
  message: string;
  hint?: string;
}
