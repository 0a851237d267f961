import { RunError } from '../model/errors/run-error.ts';
import type { Choice } from './template.ts';
import type { DataSource } from './tds/model.ts';
import { parseDataSource } from './tds/parse.ts';
import { chooseSource, parseWorkbook } from './tds/workbook.ts';

/** Parses a document, and returns the data source that is meant and those beside it. */
export function parseChosen(
  bytes: Buffer,
  shown: string,
  { kind, dataSource }: Choice,
): { source: DataSource; neighbours: readonly DataSource[] } {
  if (kind === 'tds' && dataSource !== undefined)
    throw new RunError('EXT4207', `${shown} is a data source itself: a name chooses one of a workbook`, {
      hint: 'remove datasource: or --datasource',
    });
  if (kind === 'tds') return { source: parseDataSource(bytes, shown), neighbours: [] };
  const all = parseWorkbook(bytes, shown).map((source) => ({ source }));
  const { source } = chooseSource(all, shown, dataSource);
  return { source, neighbours: all.flatMap((one) => (one.source === source ? [] : one.source)) };
}
