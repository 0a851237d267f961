import type { PathPart } from '../model/ports/feed.ts';
import { isServerError, type HyperSession } from './session.ts';

/** The error for a file that Hyper must not be given unchanged; its cause is the reason as its source states it. */
export class CheckFailure extends Error {
  readonly part: PathPart;

  constructor(part: PathPart, cause: unknown) {
    super(`the check of ${part.label} failed`, { cause });
    this.part = part;
  }
}

type ServerError = Error & { code?: string | undefined; detail?: string | undefined };

/** A statement that loads files. */
export interface CheckedStatement {
  statement: string;
  parts: readonly PathPart[];
  /** Returns the record that an error of Hyper is about, from 1; 0 for none. */
  recordOf: (error: ServerError) => number;
}

/** Rows that Hyper took, and the records that the checks counted; undefined where a part has no check. */
export interface CheckedCopy {
  rows: number;
  counted: number | undefined;
}

/**
 * Runs a statement that loads files while their parts check them, one after the other. The first problem of a check
 * cancels the statement. When Hyper refuses a record, the check continues up to it: what it finds
 * there comes first.
 *
 * @throws CheckFailure, or what the server says.
 */
export async function copyChecked(
  session: HyperSession,
  { statement, parts, recordOf }: CheckedStatement,
  signal: AbortSignal,
): Promise<CheckedCopy> {
  const failed = new AbortController();
  let until = Infinity;
  const checking = checkAll(parts, signal, () => until);
  const watched = checking.catch((error: unknown) => {
    failed.abort(error);
    throw error;
  });
  // It is awaited below in every case; until then its failure is no unhandled one.
  watched.catch(() => undefined);
  try {
    const rows = await session.copyFile(statement, AbortSignal.any([signal, failed.signal]));
    return { rows, counted: await watched };
  } catch (error) {
    if (!failed.signal.aborted) until = isServerError(error) ? recordOf(error) : 0;
    await watched;
    throw error;
  }
}

async function checkAll(
  parts: readonly PathPart[],
  signal: AbortSignal,
  until: () => number,
): Promise<number | undefined> {
  let sum: number | undefined = 0;
  for (const part of parts) {
    if (until() === 0) return undefined;
    let counted: number | undefined;
    try {
      counted = await part.check?.(signal, until);
    } catch (error) {
      signal.throwIfAborted();
      throw new CheckFailure(part, error);
    }
    sum = sum === undefined || counted === undefined ? undefined : sum + counted;
  }
  return sum;
}
