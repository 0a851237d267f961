import fc from 'fast-check';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { createProject } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { runInside } from '../support/in-process.ts';
import { noChanges } from '../support/story.ts';
import { createStatements, randomCatalog, type RandomTable } from './support/random-catalog.ts';

vi.setConfig({ testTimeout: 600_000 });

interface WrittenTable {
  from: { table: string };
  columns: Record<string, string | { type: string; at_zone?: string }>;
}

test('what is imported from any catalog validates, plans and applies as it is, and every value is the same', async () => {
  await fc.assert(
    fc.asyncProperty(randomCatalog, async (tables) => {
      const database = await freshDatabase();
      try {
        for (const statement of createStatements(tables)) await database.client.query(statement);
        // Counters move a second after a commit, or at once where they are asked to.
        await database.client.query('select pg_stat_force_next_flush()');
        await importAndCompare(tables, database);
      } finally {
        await database.close();
      }
    }),
    { numRuns: Number(process.env.IMPORT_RUNS ?? 4), endOnFailure: true },
  );
});

async function importAndCompare(
  tables: readonly RandomTable[],
  { url, client }: { url: string; client: pg.Client },
): Promise<void> {
  const project = await createProject();
  const env = { SHOP_URL: url };
  const schemas = [...new Set(tables.map(({ schema }) => schema))].join(',');
  const args = ['import', 'postgres', '--url-env', 'SHOP_URL', '--name', 'shop', '--schema', schemas];
  expect(await runInside(project, args, env)).toMatchObject({ stderr: '', exitCode: 0 });
  const applied = await runInside(project, ['apply', '--yes'], env);
  expect(applied.exitCode, applied.stderr).toBe(0);
  const again = await runInside(project, ['plan', '--detailed-exitcode'], env);
  expect(again).toMatchObject({ stdout: noChanges, exitCode: 0 });
  const written = parse(await project.read('pipelines/shop.yaml')) as {
    tables: Record<string, WrittenTable>;
  };
  expect(Object.keys(written.tables)).toHaveLength(tables.length);
  const read = await readHyperFile(project.path('build/shop.hyper'));
  for (const [name, table] of Object.entries(written.tables)) {
    const rows = read.find((one) => one.name === `Extract.${name}`)?.rows ?? [];
    const columns = new Map(Object.entries(table.columns));
    const origin = tables.find((one) => table.from.table === relationText(one));
    if (origin === undefined) throw new Error(`no table is called ${table.from.table}`);
    expect([...columns.keys()]).toEqual(expect.arrayContaining(origin.columns.map((one) => one.name)));
    await compare(client, origin, columns, rows);
  }
}

/** Asks PostgreSQL whether each value that Hyper prints is the one that it has itself. */
async function compare(
  client: pg.Client,
  origin: RandomTable,
  columns: ReadonlyMap<string, string | { type: string }>,
  rows: readonly Record<string, string | null>[],
): Promise<void> {
  expect(rows).toHaveLength(3);
  for (const row of rows) {
    for (const [name, settings] of columns) {
      const type = (typeof settings === 'string' ? settings : settings.type).replace(/ not null$/, '');
      const value = `(${pg.escapeIdentifier(name)})::${castOf(type)}`;
      const other = `$1::${castOf(type)}`;
      // Hyper prints 15 digits of a double; its tests compare the bits.
      const close = type === 'double' ? ` or abs(${value} - ${other}) <= 1e-14 * abs(${value})` : '';
      const same = `${value} is not distinct from ${other}${close}`;
      const from = `${pg.escapeIdentifier(origin.schema)}.${pg.escapeIdentifier(origin.name)}`;
      const { rows: answers } = await client.query<{ same: boolean; value: string }>(
        `select ${same} as same, (${pg.escapeIdentifier(name)})::text as value from ${from} where ${pg.escapeIdentifier(origin.id)} = $2`,
        [row[name] ?? null, row[origin.id]],
      );
      expect(answers, `${name} ${type}: ${row[name]}`).toMatchObject([{ same: true }]);
    }
  }
}

/** The type in which PostgreSQL compares. */
function castOf(type: string): string {
  if (/^(?:smallint|int|bigint)$/.test(type)) return 'int8';
  if (type.startsWith('numeric')) return 'numeric';
  if (/^(?:varchar|char|text)/.test(type)) return 'text';
  if (type === 'double') return 'float8';
  return type === 'bytes' ? 'bytea' : type;
}

function relationText({ schema, name }: RandomTable): string {
  const part = (text: string) => (/["."]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${part(schema)}.${part(name)}`.replaceAll('${', () => '$${');
}
