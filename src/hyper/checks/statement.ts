import type { Check } from '../../model/config/check.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { identifier } from '../sql.ts';
import type { Question, Row, Subject, Verdict } from './question.ts';
import { cut } from './sample-rows.ts';

const value = identifier('the value');

/**
 * Returns the user's own query as part of one of ours: anything but a SELECT is a syntax error there. The extract is
 * also attached read-only.
 */
export function statement({ query, expect }: Check & { kind: 'sql' }, { tables }: Subject): Question {
  const wanted = expect === null ? 'NULL' : String(expect);
  const isCount = /^\s*select\s+count\s*\(/i.test(query);
  const isConfidential = mentionsSensitive(query, tables) && !isCount;
  const inside = query.trim().replace(/;$/, '');
  return {
    expected: wanted,
    // A comment at the end of the query ends with its line.
    sql: `select *, cast(${value} as text) as "the text" from (${inside}\n) as answer(${value}) limit 2`,
    judge(rows) {
      const answer = only(rows);
      if (typeof answer === 'object' && answer !== null) return answer;
      if (isSame(answer, expect)) return { outcome: 'passed', observed: wanted };
      return { outcome: 'failed', observed: isConfidential ? 'another value' : (cut(answer) ?? 'NULL') };
    },
    ...(isConfidential && { confidential: isConfidential }),
  };
}

/** Returns the one value, or the verdict that says why there is not exactly one. */
function only(rows: readonly Row[]): string | null | Verdict {
  const [first, second] = rows;
  const columns = Object.keys(first ?? {}).length - 1;
  if (first === undefined) return { outcome: 'error', observed: 'the query gives no row, and one is needed' };
  if (second !== undefined) return { outcome: 'error', observed: 'the query gives more than one row' };
  if (columns > 1)
    return { outcome: 'error', observed: `the query gives ${columns} columns, and one is needed` };
  return first['the text'] ?? null;
}

function isSame(answer: string | null, expect: string | number | boolean | null): boolean {
  if (answer === null || expect === null) return answer === expect;
  if (typeof expect !== 'number') return answer === String(expect);
  // To JavaScript a text without anything in it is zero.
  return answer.trim() !== '' && Number(answer) === expect;
}

function mentionsSensitive(query: string, tables: readonly Table[]): boolean {
  const text = query.toLowerCase();
  return tables
    .flatMap(({ columns }) => columns)
    .some(({ name, sensitive }) => sensitive === true && text.includes(name.toLowerCase()));
}
