import { child } from '../../model/diagnostic.ts';
import type { Refusal } from '../../model/feed.ts';
import type { Table } from '../../model/pipeline.ts';
import { RunError } from '../../model/run-error.ts';
import { complaintMark } from './complaint.ts';
import type { ParquetLayout } from './layout.ts';
import { foreign } from '../../model/secrets.ts';

/** Hyper refused a value of a file. It names neither row nor column: our own expressions do where they can. */
export function explainParquet(
  table: Table,
  { shown }: { shown: string },
  layout: ParquetLayout | undefined,
  { message, detail = '', column: name }: Refusal,
): RunError {
  const ours = new RegExp(`'${complaintMark}(.*)'`, 's').exec(`${message} ${detail}`)?.[1];
  const column = table.columns.find((one) => one.name === name);
  const what =
    (ours && withoutSecrets(ours)) ??
    (message.includes('non-NULL value required') ? nullIn(layout) : undefined) ??
    `${column === undefined ? '' : `column "${column.name}": `}${foreign(message)}`;
  const undecoded = ours === undefined ? decodingOf(detail) : undefined;
  if (undecoded !== undefined) {
    const own = table.columns.find(
      ({ origin }) => origin.kind === 'column' && origin.name === undecoded.column,
    );
    return new RunError(
      'EXT2103',
      `${shown}: Hyper cannot decode column "${undecoded.column}": ${foreign(undecoded.why)}`,
      {
        hint: 'write the file with another writer, or without that encoding, or leave the column out',
        place: own?.place ?? child(table.place, 'columns'),
      },
    );
  }
  return new RunError('EXT2103', `${shown}: ${what}`, {
    hint: 'correct the file or the contract',
    place: column?.place ?? child(table.place, 'columns'),
  });
}

/** Our own words, and behind them a value of the file. */
function withoutSecrets(complaint: string): string {
  const [, words = '', value = ''] = /^([^]*?: longer than [^:]+: )([^]*)$/.exec(complaint) ?? [];
  return words === '' ? foreign(complaint) : words + foreign(value);
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
