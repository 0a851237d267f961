import type { Place } from '../errors/diagnostic.ts';

/** Every kind of check, by its key in the YAML. */
export const checkKinds = [
  'row_count',
  'unique',
  'not_null',
  'accepted_values',
  'range',
  'pattern',
  'relationship',
  'freshness',
  'sql',
] as const;

export type CheckKind = (typeof checkKinds)[number];

/** `warn` is reported and blocks nothing. */
export type CheckSeverity = 'error' | 'warn';

/** A condition on a table of the finished extract. */
export type Check = CheckRule & {
  /** The place of the check's settings. */
  place: Place;
  /** The name of the check; `unique (row_id)` if the user gave none. */
  name: string;
  severity: CheckSeverity;
};

export type CheckRule =
  | {
      kind: 'row_count';
      min?: number;
      max?: number;
      /** The share of the rows of the last apply: 0.2 for 20 %. */
      maxChange?: number;
    }
  | { kind: 'unique' | 'not_null'; columns: readonly string[]; columnsPlace: Place }
  | { kind: 'accepted_values'; column: string; values: readonly (string | number | boolean)[] }
  | { kind: 'range'; column: string; min?: string | number; max?: string | number }
  | {
      kind: 'pattern';
      column: string;
      /** A regular expression in RE2's syntax that the whole value matches. */
      matches: string;
    }
  | {
      kind: 'relationship';
      columns: readonly string[];
      columnsPlace: Place;
      to: { table: string; columns: readonly string[] };
    }
  | {
      kind: 'freshness';
      column: string;
      /** Seconds, and the same as written. */
      maxAge: number;
      shown: string;
    }
  | { kind: 'sql'; query: string; expect: string | number | boolean | null };

/** The result of a check. Everything in it may be shown: values of sensitive columns are masked. */
export interface CheckResult {
  table: string;
  check: CheckKind;
  name: string;
  severity: CheckSeverity;
  /** `error`: Hyper could not answer. */
  outcome: 'passed' | 'failed' | 'error';
  /** `each value in one row`. */
  expected: string;
  /** `3 values in 7 rows`, or Hyper's message. */
  observed: string;
  /** Some of what is wrong, as the text that Hyper prints. */
  sample?: CheckSample;
  seconds: number;
}

export interface CheckSample {
  columns: readonly string[];
  rows: readonly (readonly (string | null)[])[];
}

/** Returns true if a result keeps the extract from being published. */
export function rejects({ severity, outcome }: CheckResult): boolean {
  return severity === 'error' && outcome !== 'passed';
}
