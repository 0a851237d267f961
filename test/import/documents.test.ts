import { expect, test } from 'vitest';
import { RecordsGuess } from '../../src/import/documents/records-guess.ts';
import { sheetOf, workbookBytes } from '../sources/workbook/support.ts';
import { createProject, type CliProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { runInside } from '../support/in-process.ts';

/** Imports, and applies what was written: the second plan finds nothing to do. */
async function importAndApply(project: CliProject, args: readonly string[]): Promise<string> {
  const imported = await runInside(project, ['import', ...args]);
  expect(imported).toMatchObject({ stderr: '', exitCode: 0 });
  expect(await runInside(project, ['apply', '--yes'])).toMatchObject({ exitCode: 0 });
  const { stdout } = await runInside(project, ['plan']);
  expect(stdout).toContain('No changes.');
  return imported.stdout;
}

test('JSON lines with objects, lists and missing keys, as terminal text and file', async () => {
  const project = await createProject({
    'data/1.jsonl': `\ufeff{"id":9007199254740993,"day":"31.12.2024","at":"2024-02-29T10:00:00Z","ok":true,"price":1.10,"zip":"01234","address":{"city":"Köln","geo":{"lat":1.5}},"lines":[1],"odd":1,"$.x":null}\r\n\n`,
    'data/2.jsonl': `{"id":1,"day":"01.02.2024","at":"2024-02-29T10:00:00+01:00","ok":false,"price":2,"zip":"5","address":null,"lines":null,"odd":"a","unit price":3,"email":"a@b.example"}\n`,
  });
  const report = await importAndApply(project, ['jsonl', 'data/*.jsonl', '--name', 'orders']);
  expectGolden('import/jsonl.txt', `${report}\n${await project.read('pipelines/orders.yaml')}`);
});

test('a workbook with a title, errors and empty rows, as terminal text and file', async () => {
  const text = (name: string, value: string) => `<c r="${name}" t="str"><v>${value}</v></c>`;
  const rows = [
    `<row r="1">${text('A1', 'Sales of May')}</row>`,
    `<row r="3">${text('A3', 'Id')}${text('B3', 'Day')}${text('C3', 'Code')}${text('D3', 'Net')}${text('F3', 'Odd')}</row>`,
    `<row r="4"><c r="A4"><v>1</v></c><c r="B4" s="1"><v>45351</v></c>${text('C4', '0042')}<c r="D4"><v>1.5</v></c><c r="F4"><v>1</v></c></row>`,
    `<row r="6"><c r="A6"><v>2</v></c><c r="B6" s="1"><v>45352.5</v></c>${text('C6', '7')}<c r="D6" t="e"><v>#N/A</v></c>${text('F6', 'x')}</row>`,
  ];
  const project = await createProject({ 'data/may.xlsx': '' });
  await project.write('data/may.xlsx', workbookBytes(rows.join('')));
  const report = await importAndApply(project, ['xlsx', 'data/may.xlsx']);
  const size = /, [\d.]+ k?B\)/;
  expectGolden(
    'import/xlsx.txt',
    `${report.replace(size, ', size)')}\n${await project.read('pipelines/may.yaml')}`,
  );
});

test.each([
  ['jsonl', 'a.jsonl', '{"a":1}\n{"a":01}\n', 'data/a.jsonl:2:6: this is no number of JSON'],
  ['jsonl', 'a.jsonl', '[{"a":1}]\n', 'data/a.jsonl:1:1: the line is an array, not an object'],
  ['jsonl', 'a.jsonl', '\n', 'data/a.jsonl has no record with a key'],
  ['xlsx', 'a.xlsx', 'a;b\n', 'data/a.xlsx is text or something else, and no workbook (.xlsx)'],
  ['csv', 'a.csv', '{"a":1}\n', 'extracts import jsonl reads one object in each line'],
])('import %s of %s that cannot be read says why', async (kind, name, content, message) => {
  const project = await createProject({ [`data/${name}`]: content });
  const { stderr, exitCode } = await runInside(project, ['import', kind, `data/${name}`]);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(1);
});

test('workbooks with other columns are no files of one table', async () => {
  const project = await createProject();
  await project.write('data/1.xlsx', sheetOf([['id', 'a'], ['1', 'x']])); // prettier-ignore
  await project.write('data/2.xlsx', sheetOf([['id', 'b'], ['1', 'x']])); // prettier-ignore
  const { stderr } = await runInside(project, ['import', 'xlsx', 'data/*.xlsx', '--name', 'odd']);
  expect(stderr).toContain('data/2.xlsx has no column "a", which data/1.xlsx has');
});

test('of a long file only the complete lines are read', () => {
  const records = new RecordsGuess();
  records.take({ shown: 'a' }, { bytes: Buffer.from('{"a":1}\n{"a":"x'), isWhole: false });
  expect(records.columns().columns).toEqual([{ name: 'a', settings: { type: 'int' } }]);
});
