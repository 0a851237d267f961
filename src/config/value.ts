/** What a reference stands for, with the reason why it is a secret; undefined where it is not known yet. */
export type Value =
  | { value: string; secret?: string }
  | { problem: string; code: string; hint?: string; unset?: boolean }
  | undefined;
