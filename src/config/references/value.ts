/** The value of a reference, with the reason why it is a secret; undefined if nothing is known yet. */
export type Value =
  | { value: string; secret?: string }
  | { problem: string; code: string; hint?: string; unset?: boolean; secret?: string }
  /** A secret whose value is not looked up. */
  | { unknown: true; secret: string }
  | undefined;
