import { performance } from 'node:perf_hooks';
import type { Check, CheckResult } from '../../model/config/check.ts';
import { never } from '../../model/base/never.ts';
import { isServerError, type HyperSession } from '../session.ts';
import { freshness } from './freshness.ts';
import type { Question, Subject, Verdict } from './question.ts';
import { relationship } from './relationship.ts';
import { rowCount } from './row-count.ts';
import { takeSample } from './sample-rows.ts';
import { statement } from './statement.ts';
import { unique } from './unique.ts';
import { acceptedValues, notNull, pattern, range } from './wrong-rows.ts';
import { foreign } from '../../model/errors/secrets.ts';

/** Returns the question that a check asks Hyper, and how to read its answer. Pure. */
export function questionOf(check: Check, subject: Subject): Question {
  switch (check.kind) {
    case 'row_count':
      return rowCount(check, subject);
    case 'unique':
      return unique(check, subject);
    case 'not_null':
      return notNull(check, subject);
    case 'accepted_values':
      return acceptedValues(check, subject);
    case 'range':
      return range(check, subject);
    case 'pattern':
      return pattern(check, subject);
    case 'relationship':
      return relationship(check, subject);
    case 'freshness':
      return freshness(check, subject);
    case 'sql':
      return statement(check, subject);
    default:
      return never(check);
  }
}

/**
 * Makes the checks of one table. A check that Hyper cannot answer is a result like others; only Hyper's end
 * is an error.
 */
export async function checkTable(
  session: HyperSession,
  subject: Subject,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of subject.table.checks) {
    const began = performance.now();
    const { kind, name, severity } = check;
    const question = questionOf(check, subject);
    const answer = await ask(session, question, signal);
    results.push({
      table: subject.table.name,
      check: kind,
      name,
      severity,
      expected: question.expected,
      ...answer,
      seconds: (performance.now() - began) / 1000,
    });
  }
  return results;
}

async function ask(
  session: HyperSession,
  { sql, judge, sample, confidential }: Question,
  signal: AbortSignal,
): Promise<Verdict & Pick<CheckResult, 'sample'>> {
  try {
    const verdict = judge(await session.query(sql, signal));
    if (verdict.outcome !== 'failed' || sample === undefined) return verdict;
    return { ...verdict, sample: await takeSample(session, sample, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (!isServerError(error)) throw error;
    const [first = ''] = foreign(error.message).split('\n');
    // Syntax and names, SQLSTATE class 42, are about the query alone.
    const isHarmless = confidential !== true || error.code?.startsWith('42') === true;
    return { outcome: 'error', observed: isHarmless ? first.trim() : `error ${error.code ?? ''} of Hyper` };
  }
}
