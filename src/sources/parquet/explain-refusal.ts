import { child } from '../../model/errors/diagnostic.ts';
import type { Refusal } from '../../model/ports/feed.ts';
import type { Column, Table } from '../../model/config/pipeline.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { complaintMark } from './complaint.ts';
import type { ParquetLayout } from './layout.ts';
import { MASK } from '../delimited/layout.ts';
import { foreign } from '../../model/errors/secrets.ts';

/** Hyper refused a value of a file. It names neither row nor column: our own expressions do where they can. */
export function explainParquet(
  table: Table,
  { shown }: { shown: string },
  layout: ParquetLayout | undefined,
  { message, detail = '', column: name }: Refusal,
): RunError {
  const ours = new RegExp(`'${complaintMark}(.*)'`, 's').exec(`${message} ${detail}`)?.[1];
  const named = /^column "(.*?)": /s.exec(ours ?? '')?.[1];
  const column =
    table.columns.find((one) => one.name === name) ??
    table.columns.find(({ origin }) => origin.kind === 'column' && origin.name === named);
  const what =
    (ours && shownComplaint(table, ours)) ??
    (message.includes('non-NULL value required') ? nullIn(layout) : undefined) ??
    `${column === undefined ? '' : `column "${column.name}": `}${foreign(message)}`;
  const holder = ours && /, which (numeric\(\d+,\d+\)) holds: /.exec(ours)?.[1];
  const undecoded = ours === undefined ? decodingOf(detail) : undefined;
  if (undecoded !== undefined) {
    const own = table.columns.find(
      ({ origin }) => origin.kind === 'column' && origin.name === undecoded.column,
    );
    const range = rangeOf(undecoded.why);
    if (range !== undefined) {
      return new RunError('EXT2103', `${shown}: column "${undecoded.column}": ${range.problem}`, {
        hint: range.hint,
        place: own?.place ?? child(table.place, 'columns'),
      });
    }
    return new RunError(
      'EXT2103',
      `${shown}: Hyper cannot decode column "${undecoded.column}": ${foreign(undecoded.why)}`,
      {
        hint: `${damaged}; if it is whole, write the file with another writer, or without that encoding, or leave the column out`,
        place: own?.place ?? child(table.place, 'columns'),
      },
    );
  }
  return new RunError('EXT2103', `${shown}: ${what}`, {
    hint:
      holder === undefined ? remedyFor(what, column) : `declare the column as ${holder}, or correct the file`,
    place: column?.place ?? child(table.place, 'columns'),
  });
}

/** The causes to think of first where Hyper cannot read the bytes of a file. */
const damaged = 'the file may be damaged: copy it again';

/** Returns the YAML that helps, by our own complaint or Hyper's. */
function remedyFor(what: string, column: Column | undefined): string {
  if (/has a NULL, but is not null|non-NULL value required/.test(what))
    return 'remove "not null" from the column, or correct the file';
  if (/: this time (?:does not exist|exists twice) in /.test(what))
    return 'load the wall clock as it is: declare the column as timestamp without at_zone; or correct the file';
  if (/: longer than (?:var)?char\(\d+\): /.test(what))
    return 'declare the column as text, or with a greater length; or correct the file';
  if (column === undefined) return `${damaged}, or write it again`;
  return 'declare the column as text, or correct the file';
}

/** Returns our own complaint, followed by a value of the file: one of a sensitive column is masked. */
function shownComplaint(table: Table, complaint: string): string {
  for (const { origin, sensitive } of table.columns) {
    const head = origin.kind === 'column' ? `column "${origin.name}": ` : undefined;
    if (sensitive !== true || head === undefined || !complaint.startsWith(head)) continue;
    return `${head}${complaint.slice(head.length).split(': ')[0] ?? ''}: ${MASK}`;
  }
  return withoutSecrets(complaint);
}

/** A value that was decoded and that Hyper has no place for. Another writer would write the same. */
function rangeOf(detail: string): { problem: string; hint: string } | undefined {
  // Before it are the column's own name and the page.
  const why = detail.split('; ').at(-1) ?? '';
  if (!/out of (bounds|range)|overflow/i.test(why) || /dictionary|region/i.test(why)) return undefined;
  const days = 'Hyper has days from 4713-01-01 BC to 294276-12-31';
  const remedy =
    'correct the value in the file, or write NULL for it there (some programs write infinity so)';
  if (/timestamp/i.test(why)) return { problem: `a timestamp is out of range: ${days}`, hint: remedy };
  if (/\bdate\b/i.test(why)) return { problem: `a date is out of range: ${days}`, hint: remedy };
  if (/\btime\b/i.test(why))
    return { problem: 'a time is out of range: Hyper has times from 00:00 to before 24:00', hint: remedy };
  return {
    problem: `a value is out of range: ${foreign(why)}`,
    hint: 'correct the value in the file, or write NULL for it there',
  };
}

function withoutSecrets(complaint: string): string {
  const [, problem = '', value = ''] = /^([^]*?: longer than [^:]+: )([^]*)$/.exec(complaint) ?? [];
  return problem === '' ? foreign(complaint) : problem + foreign(value);
}

/** hyperd says from the outside in where it failed, a line each, the file first. */
function decodingOf(detail: string): { column: string; why: string } | undefined {
  const [, column] = /column chunk for column '([^']*)'/.exec(detail) ?? [];
  if (column === undefined) return undefined;
  const lines = detail.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Error in '));
  const why = lines.map((line) => line.trim().replace(/^Error while decoding /, '')).join('; ');
  return { column, why: why.replace(/\.$/, '') };
}

function nullIn(layout: ParquetLayout | undefined): string | undefined {
  const columns = layout?.remarks.flatMap(({ kind, column }) =>
    kind === 'null-allowed' ? [`"${column.name}"`] : [],
  );
  if (columns === undefined || columns.length === 0) return undefined;
  const which =
    columns.length === 1 ? `column ${columns.join()}` : `one of the columns ${columns.join(', ')}`;
  return `${which} has a NULL, but is not null in the contract`;
}
