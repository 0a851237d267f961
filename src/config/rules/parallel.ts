import { codes } from '../codes.ts';
import { problem } from '../problem.ts';
import { sourceKinds } from '../../model/config/source-kinds.ts';
import { writtenParallel } from '../values/parallel.ts';
import { wholeNumber } from './numbers.ts';
import type { Rule } from './rule.ts';

/** Checks `read: {parallel: …}`: a number where it comes from a reference, and blocks of a table that it can divide. */
export const parallelReads: Rule = function* (draft) {
  for (const [name, { from }] of Object.entries(draft.written.tables)) {
    const kind = draft.sources.get(from.source)?.settings.type;
    const written = writtenParallel(draft, name);
    if (kind === undefined || written === undefined) continue;
    const { value, place, isOwn } = written;
    if (value !== 'auto') yield* wholeNumber(value, place, 1);
    if (!isOwn) continue;
    const at = { ...place, part: 'key' as const };
    if (kind !== 'postgres') {
      const message = `"parallel" is for PostgreSQL: "${from.source}" is ${sourceKinds[kind].label}`;
      yield problem(codes.keyDoesNotApply, message, at);
    } else if (from.query !== undefined && value !== 'auto' && Number(value) !== 1) {
      const message = '"parallel" divides the blocks of a table, and a query has none';
      yield problem(codes.keyDoesNotApply, message, at, {
        hint: 'read the table with from: {table: …, where: …}, or remove "parallel"',
      });
    }
  }
};
