import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inSeconds, measure, median, megabytes } from './measure.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export const workbookHeader = ['template show of a workbook', 'wall', 'CPU', 'peak'];

/**
 * Measures `template show` of workbooks of 20 MB: one whose sheets are most of it, as in files that people have, and one
 * whose data source is (12,000 columns and as many calculations).
 */
export async function benchWorkbook(runs: number): Promise<string[][]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    const rows: string[][] = [];
    for (const [title, fields] of [
      ['20 MB, mostly sheets', 300],
      ['20 MB, half of it fields', 12_000],
    ] as const) {
      await writeFile(path.join(folder, 'book.twb'), workbook(fields, 20_000_000));
      const measured = [];
      for (let run = 0; run < runs; run += 1)
        measured.push(await measure('node', [program, 'template', 'show', 'book.twb'], { cwd: folder }));
      rows.push([
        title,
        inSeconds(median(measured.map(({ seconds }) => seconds))),
        inSeconds(median(measured.map(({ cpu }) => cpu))),
        megabytes(Math.max(...measured.map(({ peak }) => peak))),
      ]);
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A workbook of so many columns and calculations, with sheets until it has its size. */
function workbook(fields: number, bytes: number): string {
  const parts = [
    `<workbook version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'><datasources>${dataSource(fields)}</datasources><worksheets>`,
  ];
  let size = parts[0]?.length ?? 0;
  for (let n = 1; size < bytes; n += 1) {
    const one = sheet(n);
    parts.push(one);
    size += one.length;
  }
  return `${parts.join('')}</worksheets></workbook>`;
}

const repeated = (count: number, make: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => make(n)).join('\n');

function dataSource(fields: number): string {
  const record = (n: number) =>
    `<metadata-record class='column'><remote-name>c${n}</remote-name><remote-type>5</remote-type><local-name>[c${n}]</local-name><parent-name>[orders]</parent-name><remote-alias>c${n}</remote-alias><ordinal>${n}</ordinal><local-type>real</local-type><aggregation>Sum</aggregation><contains-null>true</contains-null></metadata-record>`;
  const calculation = (n: number) =>
    `<column caption='Ratio ${n}' datatype='real' name='[Calculation_${n}]' role='measure' type='quantitative'><calculation class='tableau' formula='SUM([c${n}]) / SUM([c${(n * 7) % fields}])' /></column>`;
  return `<datasource caption='Shop' inline='true' name='federated.1' version='18.1'>
<connection class='federated'><named-connections><named-connection caption='c' name='postgres.0'><connection class='postgres' dbname='shop' server='db.example.com' /></named-connection></named-connections>
<relation connection='postgres.0' name='orders' table='[public].[orders]' type='table' />
<metadata-records>${repeated(fields, record)}</metadata-records></connection>
${repeated(fields, column)}
${repeated(fields, calculation)}
</datasource>`;
}

const column = (n: number) =>
  `<column caption='Column ${n}' datatype='real' name='[c${n}]' role='measure' type='quantitative' />`;

function sheet(n: number): string {
  const instance = (field: number) =>
    `${column(field)}<column-instance column='[c${field}]' derivation='Sum' name='[sum:c${field}:qk]' pivot='key' type='quantitative' />`;
  return `<worksheet name='Sheet ${n}'><table><view><datasources><datasource caption='Shop' name='federated.1' /></datasources><datasource-dependencies datasource='federated.1'>${repeated(100, instance)}</datasource-dependencies></view></table></worksheet>\n`;
}
