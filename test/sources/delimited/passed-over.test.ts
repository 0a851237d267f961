import { expect, it } from 'vitest';
import type { CsvFormat } from '../../../src/model/config/source.ts';
import { fileNotes } from '../../../src/sources/delimited/file-notes.ts';
import { readLayout } from '../../../src/sources/delimited/layout.ts';
import { plainCsv } from '../../support/csv/text-loads.ts';
import { table } from '../../support/pipelines.ts';

const t = table('t', { id: 'int' });

async function* chunks(text: string): AsyncGenerator<Buffer> {
  for (const character of text) yield await Promise.resolve(Buffer.from(character));
}

async function notesOf(text: string, changes: Partial<CsvFormat>): Promise<string[]> {
  const file = { shown: 'a.csv', facts: {} };
  const layout = await readLayout(t, { ...plainCsv, ...changes }, chunks(text), file);
  if ('problem' in layout) return [`error ${layout.problem.message}`];
  return fileNotes(t, [{ ...layout, shown: 'a.csv' }]).map(({ message }) => message);
}

const note = 'a.csv has no rows: all of its lines are skip_lines, comments or a header';

it.each<[string, Partial<CsvFormat>]>([
  ['csv', {}],
  ['text', { type: 'text', delimiter: '\t', nulls: ['\\N'] }],
])('a %s file without records says so, whatever passes over its lines', async (_, format) => {
  const without = { ...format, header: false };
  expect(await notesOf('a\nb\n', { ...without, skipLines: 3 })).toEqual([note]);
  expect(await notesOf('a\nb\n', { ...without, skipLines: 2 })).toEqual([note]);
  expect(await notesOf('#a\n#b', { ...without, comment: '#' })).toEqual([note]);
  expect(await notesOf('a\n1\n', { ...without, skipLines: 1 })).toEqual([]);
  expect(await notesOf('#a\n1', { ...without, comment: '#' })).toEqual([]);
  const byPosition = { ...format, header: true, byPosition: true } as const;
  expect(await notesOf('a\nb\n', { ...byPosition, skipLines: 2 })).toEqual([note]);
  expect(await notesOf('a\nid\n1\n', { ...byPosition, skipLines: 1 })).toEqual([]);
});

it('with a header by name it is an error that names skip_lines', async () => {
  const [problem] = await notesOf('a\nb\n', { skipLines: 3 });
  expect(problem).toMatch(/^error /);
});
