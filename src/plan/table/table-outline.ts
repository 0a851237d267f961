import { never } from '../../model/base/never.ts';
import { formatColumnType } from '../../model/config/column-type.ts';
import type { Table } from '../../model/config/pipeline.ts';
import type { Source } from '../../model/config/source.ts';
import type { ColumnPlan, TablePlan } from '../../model/plan/table-plan.ts';
import type { AppliedTable, TableDefinition } from '../../model/world/applied-record.ts';
import type { SourceObservation } from '../../model/world/observation.ts';
import { diffObjects } from './object-changes.ts';

/** Returns a short description of what a table is read from. */
export function describeSource({ from }: Table, source: Source): string {
  switch (source.type) {
    case 'postgres': {
      if (!('relation' in from)) return 'query';
      const { schema, name } = from.relation;
      return [schema, name].filter((part) => part !== undefined).join('.');
    }
    case 'file':
      return source.match.join(', ');
    case 's3':
      return `s3://${source.bucket}/${source.match.join(', ')}`;
    default:
      return never(source);
  }
}

/** Returns the columns of a table as a plan lists them: each before and after, removed ones last. */
export function columnPlans(
  before: TableDefinition['columns'],
  after: TableDefinition['columns'],
): ColumnPlan[] {
  const removed = before.filter(({ name }) => after.every((column) => column.name !== name));
  return [
    ...after.map((column) => {
      const last = before.find(({ name }) => name === column.name);
      return { name: column.name, ...(last && { before: typeText(last) }), after: typeText(column) };
    }),
    ...removed.map((column) => ({ name: column.name, before: typeText(column) })),
  ];
}

/** Returns a type as plans show it: `int not null`. */
export function typeText({ type, notNull }: Pick<TableDefinition['columns'][number], 'type' | 'notNull'>) {
  return `${type}${notNull ? ' not null' : ''}`;
}

/** Returns the differences of the objects that a table is read from, if both sides list them. */
export function objectParts(
  seen: SourceObservation | undefined,
  applied: AppliedTable | undefined,
): Pick<TablePlan, 'objects'> {
  const [before, now] = [applied?.fingerprint, seen?.fingerprint];
  return before?.kind === 'objects' && now?.kind === 'objects' ? { objects: diffObjects(before, now) } : {};
}

/** Returns the header file that the columns of a table come from, if they come from one. */
export function headerParts({ columns, columnsFrom }: Table, source: Source): Pick<TablePlan, 'columnsFrom'> {
  if (source.type !== 's3' || source.headerFile === undefined || columnsFrom?.pinned === undefined) return {};
  const listed = columns
    .filter(({ origin }) => origin.kind === 'column')
    .map(({ name, type, notNull }) => `${name} ${typeText({ type: formatColumnType(type), notNull })}`);
  const file = `s3://${source.bucket}/${source.headerFile.key}`;
  return { columnsFrom: { file, etag: columnsFrom.pinned, columns: listed } };
}
