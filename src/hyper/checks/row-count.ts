import type { Check } from '../../model/config/check.ts';
import { counted, grouped } from '../../model/base/numbers.ts';
import { failed, numberIn, passed, type Question, type Subject } from './question.ts';

export function rowCount(
  { min, max, maxChange }: Check & { kind: 'row_count' },
  { table, nameOf, lastRows }: Subject,
): Question {
  return {
    expected: [
      ...(min === undefined ? [] : [`at least ${counted(min, 'row')}`]),
      ...(max === undefined ? [] : [`at most ${counted(max, 'row')}`]),
      ...(maxChange === undefined ? [] : [`at most ${percent(maxChange)} more or fewer than before`]),
    ].join(', '),
    sql: `select count(*) as "rows" from ${nameOf(table.name)}`,
    judge(found) {
      const rows = numberIn(found, 'rows');
      const change = maxChange === undefined ? undefined : changeOf(rows, lastRows);
      const isWrong =
        (min !== undefined && rows < min) ||
        (max !== undefined && rows > max) ||
        (maxChange !== undefined && change?.share !== undefined && change.share > maxChange);
      const observed = [counted(rows, 'row'), ...(change === undefined ? [] : [change.detail])].join(', ');
      return isWrong ? failed(observed) : passed(observed);
    },
  };
}

/**
 * Returns how the row count changed. After an empty table, or after no table, there is no share: nothing counts as a
 * change.
 */
function changeOf(rows: number, last: number | undefined): { share?: number; detail: string } {
  if (last === undefined) return { detail: 'nothing was applied before' };
  if (last === 0) return { detail: 'none before' };
  const share = Math.abs(rows - last) / last;
  if (share === 0) return { share, detail: 'as many as before' };
  const direction = rows > last ? 'more' : 'fewer';
  return { share, detail: `${percent(share)} ${direction} than the ${grouped(last)} before` };
}

/** `20 %`, `0.5 %`, `33.3 %`; never zero for what is not. */
function percent(share: number): string {
  const rounded = Math.round(share * 1000) / 10;
  return rounded === 0 && share > 0 ? 'less than 0.1 %' : `${rounded} %`;
}
