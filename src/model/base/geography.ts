/** Well-known text that Hyper would change: a regular expression that finds it, without regard to case, and what it is. */
export interface LossyGeography {
  /** A regular expression in the syntax that JavaScript, PostgreSQL and Hyper share. */
  pattern: string;
  /** Follows the value. */
  problem: string;
}

/**
 * Values that Hyper changes or refuses: it drops Z and M, and silently reads the longitude 181 as −179. It refuses a
 * latitude above 90 and text that is not well-known text.
 */
export const lossyGeography: readonly LossyGeography[] = [
  {
    pattern:
      '[a-z][ \\t\\r\\n]+(z|m|zm)[ \\t\\r\\n]*([(]|empty)|[0-9.][ \\t\\r\\n]+[-+.0-9e]+[ \\t\\r\\n]+[-+.0-9]',
    problem: 'has Z or M, which Hyper cannot hold',
  },
  {
    pattern:
      '[(,][ \\t\\r\\n]*[-+]?0*(18[1-9]|19[0-9]|[2-9][0-9][0-9]|[1-9][0-9][0-9][0-9]+|180[.]0*[1-9])|[0-9.]e[+]?[1-9]',
    problem: 'has a longitude beyond 180, which Hyper cannot hold',
  },
];
