import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { literal } from '../../../src/hyper/sql.ts';
import { hyperSqlType } from '../../../src/hyper/column-types.ts';
import { parseColumnType, type ColumnType } from '../../../src/model/config/column-type.ts';
import {
  fitParquet,
  readFooter,
  type ParquetColumn,
  type ParquetFit,
} from '../../../src/sources/parquet/index.ts';
import { fileOf, fixtures, startEngine, type Engine } from './support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

/** SQL type of the source, and values at its edges; each file holds a NULL as well. */
const written: readonly [string, readonly string[]][] = [
  ['boolean', ['true', 'false']],
  ['smallint', ['-32768', '32767', '0']],
  ['integer', ['-2147483648', '2147483647', '16777217']],
  ['bigint', ['-9223372036854775808', '9223372036854775807', '9007199254740993']],
  ['real', ['0.1', '16777217', '3.4028235e38', 'NaN', 'Infinity', '1.17549435e-38']],
  ['double precision', ['0.30000000000000004', '1e300', 'NaN', '-Infinity', '5e-324']],
  ['numeric(4,2)', ['99.99', '-99.99', '0.01']],
  ['numeric(4,0)', ['9999', '-9999']],
  ['numeric(9,0)', ['999999999', '-999999999']],
  ['numeric(5,0)', ['99999', '-99999']],
  ['numeric(10,0)', ['9999999999', '-9999999999']],
  ['numeric(16,0)', ['9999999999999999', '9007199254740993']],
  ['numeric(19,0)', ['9999999999999999999', '-1']],
  ['numeric(15,6)', ['999999999.999999', '-0.000001']],
  ['numeric(18,0)', ['999999999999999999', '-999999999999999999']],
  ['numeric(18,6)', ['999999999999.999999', '-0.000001']],
  ['numeric(38,0)', ['99999999999999999999999999999999999999']],
  ['numeric(38,10)', ['9999999999999999999999999999.9999999999', '-0.0000000001']],
  ['text', ['', ' x ', '🎈é', '12']],
  ['date', ['0001-01-01', '2024-02-29', '9999-12-31', '1500-06-01']],
  ['time', ['00:00:00', '23:59:59.999999']],
  ['timestamp', ['0001-01-01', '2024-02-29 23:59:59.999999', '9999-12-31 12:00:00']],
  ['timestamptz', ['0001-01-01 00:00:00+00', '2024-02-29 23:59:59.999999+02']],
  ['bytea', ['\\x', '\\x00ff27']],
  ['json', ['{"b": 1, "a":  1.0}', '[]', 'null']],
];

/** Contract types to load each of them into. */
const contract = [
  ...['boolean', 'smallint', 'int', 'bigint', 'real', 'double', 'oid', 'bytes', 'text', 'varchar(4)'],
  ...['char(1)', 'char(4)', 'json', 'date', 'time', 'timestamp', 'timestamptz', 'interval', 'geography'],
  ...['numeric(2,0)', 'numeric(3,0)', 'numeric(4,0)', 'numeric(4,2)', 'numeric(5,0)', 'numeric(6,4)'],
  ...['numeric(9,0)', 'numeric(10,0)', 'numeric(12,2)', 'numeric(18,0)', 'numeric(18,6)', 'numeric(19,0)'],
  ...['numeric(38,0)', 'numeric(38,10)', 'numeric(38,11)', 'numeric(38,20)'],
].map(type);

/**
 * Refused although the values would come back: what arrives means something else, or is written in a way that nobody
 * asked for.
 */
const otherMeaning = new Set([
  ...['boolean int', 'boolean char(1)', 'int oid', 'bytes text', 'text bytes'],
  ...['date timestamptz', 'timestamp timestamptz', 'timestamptz timestamp'],
  ...['time timestamp', 'time timestamptz', 'time interval'],
]);

function type(text: string): ColumnType {
  const parsed = parseColumnType(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

const name = (wanted: ColumnType) =>
  'precision' in wanted
    ? `numeric(${wanted.precision},${wanted.scale})`
    : 'length' in wanted
      ? `${wanted.kind}(${wanted.length})`
      : wanted.kind;

const external = (file: string) => `external('${file}', format => 'parquet')`;

async function write(file: string, sqlType: string, values: readonly string[]): Promise<ParquetColumn> {
  const rows = [...values.map((value) => `${literal(value)}::${sqlType}`), `null::${sqlType}`];
  const list = rows.map((row, id) => `select ${id}::int as id, ${row} as a`).join(' union all ');
  const done = await engine.run(`copy (${list}) to '${file}' with (format parquet)`);
  if ('error' in done) throw new Error(`${sqlType}: ${done.error}`);
  return column(file, 'a');
}

async function column(file: string, name: string): Promise<ParquetColumn> {
  const { columns } = await readFooter(await fileOf(file));
  return columns.find((one) => one.name === name)!;
}

/** An empty table with a column of the contract; one table for each type, since making one costs more than a load. */
async function table(wanted: ColumnType): Promise<string> {
  const made = tables.get(name(wanted));
  if (made !== undefined) {
    await engine.run(`truncate ${made}`);
    return made;
  }
  const fresh = `loaded_${tables.size}`;
  await engine.run(`create temporary table ${fresh} (id int, a ${hyperSqlType(wanted)})`);
  tables.set(name(wanted), fresh);
  return fresh;
}
const tables = new Map<string, string>();

type Outcome = 'exact' | 'different' | 'refused';

/** Exact: every value, cast back to what it was, is what the file holds. */
async function outcome(
  load: (table: string) => string,
  wanted: ColumnType,
  file: string,
  sqlType: string,
): Promise<Outcome> {
  const loaded = await table(wanted);
  if ('error' in (await engine.run(load(loaded)))) return 'refused';
  // Hyper cuts where it makes decimals of doubles; a double's 15 digits as text are what people see.
  const back = sqlType.startsWith('numeric') ? `t.a::text::${sqlType}` : `t.a::${sqlType}`;
  const text = sqlType === 'json' ? '::text' : '';
  const compared = await engine.run(
    `select count(*), sum(case when ${back}${text} is not distinct from e.a${text} then 0 else 1 end), ` +
      `(select count(*) from ${external(file)}) from ${loaded} t join ${external(file)} e on t.id = e.id`,
  );
  if ('error' in compared) return 'different';
  const [count, wrong, expected] = compared.rows[0]!;
  return wrong === '0' && count === expected ? 'exact' : 'different';
}

const byCopy = (file: string) => (table: string) =>
  `copy ${table} (id, a) from '${file}' with (format parquet)`;
const byInsert = (file: string, expression: string) => (table: string) =>
  `insert into ${table} (id, a) select "id", ${expression} from ${external(file)}`;

function isRight(
  fit: ParquetFit,
  from: ParquetColumn,
  wanted: ColumnType,
  copied: Outcome,
  inserted: Outcome,
): boolean {
  if ('holders' in fit) {
    const comesBack = inserted === 'exact' && !otherMeaning.has(`${name(from.hyper!)} ${name(wanted)}`);
    return copied !== 'exact' && !comesBack;
  }
  if (fit.load === 'copy') return copied === 'exact' && inserted === 'exact';
  // What a text may become depends on the text.
  if (from.hyper?.kind === 'text') return inserted !== 'different';
  return copied === 'refused' && inserted === 'exact';
}

describe('every cell of the table, against hyperd', () => {
  test.each(written)('%s', async (sqlType, values) => {
    const file = path.join(engine.folder, `${sqlType.replaceAll(/\W/g, '_')}.parquet`);
    const from = await write(file, sqlType, values);
    const wrong: unknown[] = [];
    for (const wanted of contract) {
      const fit = fitParquet(from, wanted);
      const expression = 'load' in fit && fit.load === 'cast' ? fit.select('"a"') : '"a"';
      const copied = await outcome(byCopy(file), wanted, file, sqlType);
      const inserted = await outcome(byInsert(file, expression), wanted, file, sqlType);
      if (!isRight(fit, from, wanted, copied, inserted)) wrong.push([name(wanted), fit, copied, inserted]);
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['int8', ['numeric(3,0)', 'numeric(2,0)'], ['cast', 'refused']],
    ['uint8', ['numeric(3,0)', 'numeric(2,0)', 'smallint', 'bigint'], ['cast', 'refused', 'copy', 'copy']],
    ['uint16', ['numeric(5,0)', 'smallint', 'int', 'bigint'], ['cast', 'refused', 'copy', 'copy']],
    ['uint32', ['numeric(10,0)', 'int', 'bigint', 'double'], ['cast', 'refused', 'copy', 'cast']],
    ['int64', ['numeric(19,0)', 'numeric(18,0)', 'double'], ['cast', 'refused', 'refused']],
  ])('%s of another writer', async (from, wanted, expected) => {
    const file = path.join(fixtures, 'integers_signed.parquet');
    const source = await column(file, from);
    const seen: string[] = [];
    for (const text of wanted) {
      const fit = fitParquet(source, type(text));
      if ('holders' in fit) {
        seen.push('refused');
        continue;
      }
      seen.push(fit.load);
      await engine.run('drop table if exists loaded');
      await engine.run(`create temporary table loaded ("${from}" ${hyperSqlType(type(text))})`);
      const done = await engine.run(
        fit.load === 'copy'
          ? `copy loaded ("${from}") from '${file}' with (format parquet)`
          : `insert into loaded select ${fit.select(`"${from}"`)} from ${external(file)}`,
      );
      expect([text, done]).toEqual([text, { rows: [] }]);
      const values = (sql: string) => engine.run(`select x::numeric(38,0)::text from ${sql} order by 1`);
      expect(await values(`(select "${from}" from loaded) t(x)`)).toEqual(
        await values(`(select "${from}" from ${external(file)}) t(x)`),
      );
    }
    expect(seen).toEqual(expected);
  });
});

describe('texts', () => {
  const file = () => path.join(engine.folder, 'texts.parquet');
  const load = async (wanted: ColumnType, values: readonly string[]) => {
    const fit = fitParquet(await write(file(), 'text', values), wanted);
    if (!('load' in fit) || fit.load !== 'cast') throw new Error('no cast');
    const loaded = await table(wanted);
    const done = await engine.run(byInsert(file(), fit.select('"a"'))(loaded));
    return 'error' in done ? done : stored(loaded);
  };
  const stored = (loaded: string) => engine.run(`select a::text from ${loaded} order by id`);

  test('varchar holds what is not too long, and names what is', async () => {
    const wanted = type('varchar(3)');
    expect(await load(wanted, ['', 'abc', '🎈🎈é'])).toEqual({ rows: [[''], ['abc'], ['🎈🎈é'], [null]] });
    expect(await load(wanted, ['abc', "d'ef "])).toEqual({
      error: `invalid input syntax for integer 'extracts: column "a": longer than varchar(3): d'ef '`,
    });
  });

  test('COPY would store it unchecked, and a cast would cut it off: the reasons for the expression', async () => {
    const wanted = type('varchar(3)');
    await write(file(), 'text', ['abcdef']);
    const copied = await table(wanted);
    await engine.run(byCopy(file())(copied));
    expect(await stored(copied)).toEqual({ rows: [['abcdef'], [null]] });
    const inserted = await table(wanted);
    await engine.run(byInsert(file(), '"a"')(inserted));
    expect(await stored(inserted)).toEqual({ rows: [['abc'], [null]] });
  });

  test('json is kept as it is written, and anything else fails', async () => {
    const text = '{"b": 1, "a":  1.0}';
    expect(await load(type('json'), [text])).toEqual({ rows: [[text], [null]] });
    expect(await load(type('json'), ['{'])).toEqual({
      error: expect.stringMatching(/^invalid JSON document/) as string,
    });
  });

  test('geography reads well-known text, and anything else fails', async () => {
    const point = 'POINT(1.5000000 2.0000000)';
    expect(await load(type('geography'), ['POINT(1.5 2)'])).toEqual({ rows: [[point], [null]] });
    expect(await load(type('geography'), ['here'])).toEqual({
      error: expect.stringMatching(/^invalid geography format/) as string,
    });
    expect(await load(type('geography'), ['POINT(181 2)'])).toEqual({
      error: expect.stringContaining(
        'has a longitude beyond 180, which Hyper cannot hold: POINT(181 2)',
      ) as string,
    });
  });
});

test('COPY refuses an optional column for a not null one even without NULLs; INSERT looks at the values', async () => {
  const file = path.join(fixtures, 'nested.parquet');
  const id = await column(file, 'id');
  expect(fitParquet(id, { kind: 'int' })).toEqual({ load: 'copy' });
  expect(fitParquet(id, { kind: 'int' }, true)).toMatchObject({ load: 'cast' });
  await engine.run('create temporary table required (id int not null)');
  expect(await engine.run(`copy required (id) from '${file}' with (format parquet)`)).toEqual({
    error: expect.stringContaining(
      "column 'id' is defined NOT NULL, but is defined to be optional",
    ) as string,
  });
  const types = `columns => descriptor(id int), format => 'parquet'`;
  expect(await engine.run(`insert into required select "id" from external('${file}', ${types})`)).toEqual({
    rows: [],
  });
  const v1 = await column(path.join(fixtures, 'integers_v1.parquet'), 'int32');
  expect(fitParquet(v1, { kind: 'int' }, true)).toEqual({ load: 'copy' });
});

test('beside a column that hyperd cannot read, COPY works, and INSERT with a descriptor', async () => {
  const file = path.join(fixtures, 'integers.parquet');
  expect(fitParquet(await column(file, 'uint64'), type('numeric(38,0)'))).toEqual({ holders: [] });
  await engine.run('create temporary table beside (int8 smallint)');
  expect(await engine.run(`copy beside (int8) from '${file}' with (format parquet)`)).toEqual({ rows: [] });
  expect(await engine.run(`select "int8" from ${external(file)}`)).toHaveProperty('error');
  const described = `external('${file}', columns => descriptor("int8" smallint), format => 'parquet')`;
  expect(await engine.run(`select "int8" from ${described}`)).toEqual({
    rows: [['-128'], ['0'], ['127'], [null]],
  });
});

test('nanoseconds are cut to microseconds, with a note', async () => {
  const file = path.join(fixtures, 'moments.parquet');
  const note = 'what is finer than a microsecond is cut off';
  expect(fitParquet(await column(file, 'ts_ns'), { kind: 'timestamp' })).toEqual({ load: 'copy', note });
  expect(fitParquet(await column(file, 'ts_us'), { kind: 'timestamp' })).toEqual({ load: 'copy' });
  const int96 = await column(path.join(fixtures, 'moments_int96.parquet'), 'ts');
  expect(fitParquet(int96, { kind: 'timestamptz' })).toEqual({ load: 'copy', note });
  expect(fitParquet(int96, { kind: 'timestamp' }, false, { atZone: 'Europe/Berlin' })).toMatchObject({
    note,
  });
  expect(fitParquet(int96, { kind: 'date' }, false, { atZone: 'UTC' })).not.toHaveProperty('note');
  const both = { atZone: 'UTC', truncate: 'microseconds' } as const;
  expect(fitParquet(int96, { kind: 'timestamp' }, false, both)).not.toHaveProperty('note');
  expect(await engine.run(`select "ts_ns"::text from ${external(file)}`)).toEqual({
    rows: [['2024-02-29 23:59:59.123456'], ['1970-01-01 00:00:00'], [null]],
  });
});

test.each([
  ['int64', { kind: 'bigint' }, ['bigint', 'numeric(19,0)', 'text']],
  ['uint8', { kind: 'smallint' }, ['smallint', 'int', 'bigint', 'numeric(3,0)', 'text']],
  ['float', { kind: 'real' }, ['real', 'double']],
  ['binary', { kind: 'bytes' }, ['bytes']],
  ['string', { kind: 'text' }, ['text', 'varchar(…)']],
  ['timestamp(us)', { kind: 'timestamp' }, ['timestamp', 'text']],
  ['decimal(4,2)', { kind: 'numeric', precision: 4, scale: 2 }, ['numeric(4,2)', 'text']],
] as const)('the types that hold %s hold it', (typeText, hyper, holders) => {
  const from: ParquetColumn = { name: 'a', type: typeText, hyper, nullable: true, compressedBytes: 0 };
  expect(fitParquet(from, { kind: 'geography' })).toEqual(
    typeText === 'string' ? expect.objectContaining({ load: 'cast' }) : { holders },
  );
  for (const holder of holders) {
    if (holder !== 'varchar(…)') expect(fitParquet(from, type(holder))).toHaveProperty('load');
  }
});
