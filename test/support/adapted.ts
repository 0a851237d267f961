import { column, table } from './pipelines.ts';

/** A table whose settings change a value each, the lines of a file for it, and what arrives. */
export const adapted = {
  ...table('t', {}),
  columns: [
    column('wall', 'timestamp', { atZone: 'Europe/Berlin' }),
    column('day', 'date', { atZone: 'Europe/Berlin' }),
    column('instant', 'timestamptz', { atZone: 'Europe/Berlin' }),
    column('amount', 'numeric(10,2)', { round: 'half_up' }),
    column('fine', 'timestamp', { truncate: 'microseconds' }),
    column('until', 'date', { onInfinite: 'null' }),
  ],
};

export const adaptedRows = [
  [
    ...['2024-07-02 00:30:00', '2024-07-02', '2024-07-01 22:30:00+00', '-1.01'],
    ...['2024-01-01 00:00:00.123456', null],
  ],
];

export function adaptedLines(delimiter: string, header: boolean): string {
  const fields = [
    ...['2024-07-01T22:30:00Z', '2024-07-01T22:30:00Z', '2024-07-02 00:30:00', '-1.005'],
    ...['2024-01-01 00:00:00.1234569', 'infinity'],
  ];
  const names = adapted.columns.map(({ name }) => name).join(delimiter);
  return `${header ? `${names}\n` : ''}${fields.join(delimiter)}\n`;
}
