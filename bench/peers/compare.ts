import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { identifier, literal, tableName } from '../../src/hyper/sql.ts';
import { CopyOut } from '../../src/sources/postgres/read/copy-out.ts';
import { withFile } from '../../test/support/hyper-file.ts';
import { isSameValue, kindOf } from './same-value.ts';

/** A table as PostgreSQL has it: its columns, and a file of COPY with its rows in the order of their ids. */
export interface Expected {
  columns: readonly { name: string; type: string }[];
  file: string;
}

export async function writeExpected(client: pg.Client, table: string, folder: string): Promise<Expected> {
  await client.query("set timezone = 'UTC'; set datestyle = 'ISO'; set extra_float_digits = 1");
  const { rows: columns } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 order by attnum`,
    [table],
  );
  const file = path.join(folder, `${table}.expected`);
  const copy = client.query(new CopyOut(`copy (select * from ${table} order by id) to stdout`));
  await pipeline(copy, createWriteStream(file));
  return { columns, file };
}

/** Returns what is different in the only table of a .hyper: rows, values by column, and types. */
export function differences(hyper: string, expected: Expected): Promise<string[]> {
  return withFile(hyper, 'readonly', async (session) => {
    await session.query('set extra_float_digits = 3');
    const columns = await session.query(
      `select n.nspname as schema, c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
       from seen.pg_catalog.pg_attribute a join seen.pg_catalog.pg_class c on c.oid = a.attrelid
       join seen.pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and a.attnum > 0 and n.nspname not in ('pg_catalog', 'information_schema', 'tableau', 'pg_temp')
       order by a.attnum`,
    );
    const types = new Map(columns.map(({ name, type }) => [name ?? '', type ?? '']));
    const missing = expected.columns.filter(({ name }) => !types.has(name));
    if (missing.length > 0) return missing.map(({ name }) => `no column ${name}`);
    const from = tableName('seen', columns[0]?.schema ?? '', columns[0]?.table ?? '');
    const list = expected.columns.map(({ name }) => identifier(name)).join(', ');
    const file = `${hyper}.rows`;
    await session.query(
      `copy (select ${list} from ${from} order by "id") to ${literal(file)} with (format text)`,
    );
    return [
      ...(await differentValues(expected, file)),
      ...expected.columns.flatMap(({ name, type }) => otherType(name, type, types.get(name) ?? '')),
    ];
  });
}

/** Compares two files of COPY, row by row. */
async function differentValues({ columns, file }: Expected, other: string): Promise<string[]> {
  const wrong = new Map<string, number>();
  const others = linesOf(other)[Symbol.asyncIterator]();
  let rows = 0;
  let missing = 0;
  for await (const line of linesOf(file)) {
    rows++;
    const found = await others.next();
    if (found.done === true) missing++;
    else if (found.value !== line) {
      const values = found.value.split('\t');
      for (const [index, value] of line.split('\t').entries()) {
        const { name = '', type = '' } = columns[index] ?? {};
        if (!isSameValue(kindOf(type), value, values[index] ?? ''))
          wrong.set(name, (wrong.get(name) ?? 0) + 1);
      }
    }
  }
  const isLonger = (await others.next()).done !== true;
  return [
    ...(missing > 0 ? [`${missing} of ${rows} rows missing`] : []),
    ...(isLonger ? ['more rows than in the table'] : []),
    ...[...wrong].map(([name, count]) => `${name} changed in ${count} of ${rows} rows`),
  ];
}

/** A carriage return is escaped in a value, and the records end with line feeds. */
const linesOf = (file: string) => createInterface({ input: createReadStream(file), crlfDelay: Infinity });

/** `varchar` may become `text`, but a number that becomes text can no longer be summed. */
function otherType(name: string, type: string, found: string): string[] {
  return kindOf(type) === kindOf(found) ? [] : [`${name} is ${found}`];
}
