import type { CheckSample } from '../../model/config/check.ts';
import type { HyperSession } from '../session.ts';
import { identifier, literal } from '../sql.ts';
import type { SampleQuery } from './question.ts';
import { foreign } from '../../model/errors/secrets.ts';

const most = { rows: 5, characters: 80 };

/** The first rows of what is wrong. Values of sensitive columns do not leave Hyper. */
export async function takeSample(
  session: HyperSession,
  { columns, rest }: SampleQuery,
  signal: AbortSignal,
): Promise<CheckSample> {
  const values = columns.map(({ value, sensitive }, index) => {
    const shown = sensitive
      ? `case when ${value} is not null then ${literal('•••')} end`
      : `substring(cast(${value} as text) from 1 for ${most.characters + 1})`;
    return `${shown} as ${identifier(`c${index}`)}`;
  });
  const found = await session.query(`select ${values.join(', ')} ${rest} limit ${most.rows}`, signal);
  return {
    columns: columns.map(({ title }) => title),
    rows: found.map((row) => columns.map((_, index) => cut(row[`c${index}`] ?? null))),
  };
}

/** A value for a report: without secrets, and no more of it than a report needs. */
export function cut(text: string | null): string | null {
  if (text === null) return null;
  const characters = Array.from(foreign(text));
  if (characters.length <= most.characters) return characters.join('');
  return `${characters.slice(0, most.characters).join('')}…`;
}
