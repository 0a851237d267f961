import pc from 'picocolors';
import { bytes, counted, grouped } from '../model/base/numbers.ts';
import type { AppliedDestination, AppliedRecord } from '../model/world/applied-record.ts';
import type { LockHolder } from '../model/ports/state-port.ts';
import { alignColumns } from './align-columns.ts';
import { printable } from './text-width.ts';

/** One line about a record. */
export interface ListedState {
  address: string;
  file?: string;
  tables: number;
  rows: number;
  /** The size of the staged extract. */
  bytes: number;
  destinations: readonly string[];
  lock?: LockHolder;
}

/** The lock of a pipeline that has no record yet. */
export interface FirstApply {
  address: string;
  lock: LockHolder;
}

/** All records, and the locks of first applies, as a table. */
export function renderStateList(
  { records, firstApplies }: { records: readonly ListedState[]; firstApplies: readonly FirstApply[] },
  place: string,
  color: boolean,
): string {
  const paint = pc.createColors(color);
  if (records.length + firstApplies.length === 0) return `Nothing is recorded in ${place}.\n`;
  const isLocked = firstApplies.length > 0 || records.some(({ lock }) => lock !== undefined);
  const head = [
    'address',
    'file',
    'tables',
    'rows',
    'extract',
    'destinations',
    ...(isLocked ? ['lock'] : []),
  ];
  const rows = records.map(({ address, file = '', tables, rows: count, bytes: size, destinations, lock }) => [
    address,
    file,
    String(tables),
    grouped(count),
    bytes(size),
    destinations.join(', '),
    ...(lock === undefined ? [] : [describeLock(lock)]),
  ]);
  const unrecorded = firstApplies.map(({ address, lock }) => [
    address,
    '',
    '',
    '',
    '',
    '',
    describeLock(lock),
  ]);
  const [first = '', ...lines] = alignColumns([head, ...rows, ...unrecorded], [2, 3, 4]);
  const beginnings =
    firstApplies.length === 0 ? '' : `, ${counted(firstApplies.length, 'lock')} without a record`;
  const closing = `${counted(records.length, 'record')}${beginnings} in ${place}`;
  return [paint.dim(first), ...lines.map(printable), '', paint.dim(printable(closing)), ''].join('\n');
}

/** Returns one record as text for users. */
export function renderStateRecord(
  record: AppliedRecord,
  lock: LockHolder | undefined,
  color: boolean,
): string {
  const paint = pc.createColors(color);
  const { address, file, tool, tables, extract, template, destinations } = record;
  const from = file === undefined ? '' : ` from ${file}`;
  const sections: [title: string, lines: string[]][] = [
    [
      'Tables',
      alignColumns(
        Object.entries(tables).map(([name, table]) => [
          name,
          counted(table.rows, 'row'),
          bytes(table.bytes),
          counted(table.definition.columns.length, 'column'),
          [undefined, 'definitions'].includes(table.fingerprint?.kind)
            ? 'no fingerprint: read every time'
            : '',
        ]),
        [1, 2, 3],
      ),
    ],
    ['Extract', [`schema ${extract.schema}, version ${extract.version}, ${bytes(extract.size)}`]],
    ['Template', template === undefined ? [] : [`${template.shown}, package of ${bytes(template.size)}`]],
    [
      'Destinations',
      alignColumns(
        Object.entries(destinations).map(([target, left]) => [target, bytes(left.size), whatIsThere(left)]),
      ),
    ],
    ['Lock', lock === undefined ? [] : [describeLock(lock)]],
  ];
  return [
    `${paint.bold(printable(address))}  ${printable(`applied${from} by extracts ${tool}`)}`,
    ...sections
      .filter(([, lines]) => lines.length > 0)
      .flatMap(([title, lines]) => ['', paint.bold(title), ...lines.map((line) => `  ${printable(line)}`)]),
    '',
  ].join('\n');
}

/** Returns `process 4711 on build-3, since 2026-01-31T08:00:00Z, until 2026-01-31T08:01:00Z (gone)`. */
export function describeLock({ name, since, until, alive }: LockHolder): string {
  const times = [`since ${since}`, ...(until === undefined ? [] : [`until ${until}`])];
  return `${[name, ...times].join(', ')}${alive === 'no' ? ' (gone)' : ''}`;
}

function whatIsThere(left: AppliedDestination): string {
  if (!('contentUrl' in left)) return '';
  return `updated ${left.updatedAt}${left.revision === undefined ? '' : `, revision ${left.revision}`}`;
}
