import { child } from '../../model/diagnostic.ts';
import type { Refusal } from '../../model/feed.ts';
import type { Table } from '../../model/pipeline.ts';
import { RunError } from '../../model/run-error.ts';
import { complaintMark } from './fit.ts';
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

function nullIn(layout: ParquetLayout | undefined): string | undefined {
  const columns = layout?.remarks.flatMap(({ kind, column }) =>
    kind === 'null-allowed' ? [`"${column.name}"`] : [],
  );
  if (columns === undefined || columns.length === 0) return undefined;
  const which =
    columns.length === 1 ? `column ${columns.join()}` : `one of the columns ${columns.join(', ')}`;
  return `${which} has a NULL, but is not null in the contract`;
}
