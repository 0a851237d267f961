import type { Check } from '../../model/config/check.ts';
import { identifier } from '../sql.ts';
import { failed, isSensitive, passed, type Question, type Subject } from './question.ts';

/** The session's time zone is UTC, so dates and timestamps without one are those of UTC. */
export function freshness(
  { column, maxAge, shown }: Check & { kind: 'freshness' },
  { table, nameOf, now }: Subject,
): Question {
  const latest = `max(${identifier(column)})`;
  return {
    expected: `not older than ${shown}`,
    sql:
      `select cast(${latest} as text) as "latest", cast(extract(epoch from ${latest}) as text) as "epoch" ` +
      `from ${nameOf(table.name)}`,
    judge([row]) {
      const { latest: text = null, epoch = null } = row ?? {};
      if (text === null || epoch === null) return failed('no value at all');
      const age = now.getTime() / 1000 - Number(epoch);
      const detail = isSensitive(table, column) ? '' : `${ageLabel(age)}: ${text}`;
      return age <= maxAge ? passed(detail || 'new enough') : failed(detail || 'older');
    },
  };
}

/** `3.2 d old`; what is dated ahead is not old at all. */
function ageLabel(seconds: number): string {
  if (seconds < 0) return 'in the future';
  const [size, unit] = (
    [
      [86_400, 'd'],
      [3600, 'h'],
      [60, 'min'],
    ] as const
  ).find(([length]) => seconds >= length) ?? [1, 's'];
  return `${Math.floor((seconds / size) * 10) / 10} ${unit} old`;
}
