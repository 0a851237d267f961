import { getOwn } from '../../model/base/get-own.ts';
import { counted } from '../../model/base/numbers.ts';
import type { IncrementalLoad } from '../../model/config/load-mode.ts';
import type { Table } from '../../model/config/pipeline.ts';
import type { Observation } from '../../model/world/observation.ts';
import type { SinceWatermark, Watermark } from '../../model/world/watermark.ts';
import type { ComparedSource } from './compared-source.ts';

/** Returns the disagreement between the extract and the record about a table, if there is one. */
export function disagreementOf(
  { name }: Table,
  { inExtract }: Watermark,
  { extract }: Observation,
): string | undefined {
  if (extract.kind !== 'present') return undefined;
  const { highest } = extract.tables?.find((one) => one.name === name) ?? {};
  if (JSON.stringify(highest) === JSON.stringify(inExtract)) return undefined;
  const shown = (values: Watermark['inExtract']) =>
    values?.map((value) => value ?? 'NULL').join(', ') ?? 'no row';
  return `the extract ends at ${shown(highest)}, the state says ${shown(inExtract)}`;
}

/** Returns true if the marks of the rows behind the watermark are as they were recorded. */
export function hasSameMarks(
  { marks = {} }: Watermark,
  since: Exclude<SinceWatermark, { broken: string }>,
): boolean {
  return Object.entries(since.marks).every(([part, mark]) => getOwn(marks, part) === mark);
}

/** Returns why there is something to read, or undefined if there is nothing. */
export function reasonToRead(
  load: Exclude<IncrementalLoad, { kind: 'files' }>,
  since: Exclude<SinceWatermark, { broken: string }>,
  comparison: ComparedSource,
  { watermark, atHighest }: { watermark: Watermark; atHighest: number | undefined },
): string | undefined {
  const marks = Object.entries(since.marks).filter(([part, mark]) => {
    const before = getOwn(watermark.marks, part);
    // Older records have no such mark: the number of rows is compared instead.
    if (part === 'ties' && before === undefined) return atHighest !== undefined && since.ties !== atHighest;
    return before !== mark;
  });
  const counts = [
    ...(since.beyond > 0 ? [`${counted(since.beyond, 'row')} beyond ${boundOf(watermark)}`] : []),
    ...(since.late > 0 ? [`${counted(since.late, 'row')} changed or committed late`] : []),
    ...marks.map(([part]) => differences[part] ?? part),
  ];
  const mayHaveOtherKeys =
    load.kind === 'cursor' && load.deletes?.kind === 'keys' && comparison.same === false;
  // All rows in the range that is read again may have left the source, while the extract still has them.
  const mayBeEmpty = load.kind === 'window' || load.nulls === 'include' || load.lag !== undefined;
  const hasChangedAgain = comparison.same === false && (since.rows - (since.ties ?? 0) > 0 || mayBeEmpty);
  if (counts.length === 0 && !mayHaveOtherKeys && !hasChangedAgain) return undefined;
  return [...(comparison.reason === undefined ? [] : [comparison.reason]), ...counts].join('; ');
}

const differences: Readonly<Record<string, string>> = {
  again: 'rows that are read again have changed',
  ties: 'there are other rows at the highest cursor',
  deletes: 'the query of deletes gives another answer',
  keys: 'the source has other keys',
};

function boundOf({ columns, upTo }: Watermark): string {
  return upTo === undefined ? `${columns.join(', ')} of no row` : `${columns.join(', ')} ${upTo.join(', ')}`;
}

/**
 * Returns true if only rows that are already in the extract were updated or deleted. Their new versions look like late
 * rows, but with `append` a row whose key exists is left out: a run would publish the same rows again.
 */
export function hasOnlyOldRows(
  { primaryKey }: Table,
  load: Exclude<IncrementalLoad, { kind: 'files' }>,
  since: SinceWatermark | undefined,
  { noInserts }: ComparedSource,
): boolean {
  const leavesOld = load.kind === 'cursor' && load.mode === 'append' && load.deletes === undefined;
  if (!leavesOld || primaryKey.length === 0 || noInserts !== true) return false;
  return since !== undefined && !('broken' in since) && since.beyond === 0;
}
