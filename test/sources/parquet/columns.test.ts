import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromHyperType } from '../../../src/hyper/column-types.ts';
import { ParquetError, readFooter } from '../../../src/sources/parquet/index.ts';
import { bytesOf, fileOf, fixtures, startEngine, type Engine } from './support/engine.ts';
import { footerOf, parquetColumn, parquetFile, type Struct } from './support/write.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

const external = (file: string) => `external('${file}', format => 'parquet')`;

/** hyperd's own answer for every column it can name; undefined where it refuses the file. */
async function hypersAnswer(file: string) {
  const types = await engine.types(`select * from ${external(file)} limit 0`);
  return types && new Map([...types].map(([name, type]) => [name, fromHyperType(type)]));
}

test('hyperd agrees on the files of another writer', async () => {
  const files = readdirSync(fixtures).filter((name) => name.endsWith('.parquet'));
  expect(files.length).toBeGreaterThan(25);
  for (const name of files) {
    const file = path.join(fixtures, name);
    const answer = await hypersAnswer(file);
    const footer = await readFooter(await fileOf(file)).catch((error: unknown) => error);
    if (footer instanceof ParquetError) {
      expect([name, answer]).toEqual([name, undefined]);
      continue;
    }
    const { columns } = footer as Awaited<ReturnType<typeof readFooter>>;
    const readable = columns.filter(({ hyper }) => hyper !== undefined);
    if (answer === undefined) {
      expect([name, readable.length]).not.toEqual([name, columns.length]);
    }
    for (const column of columns) {
      if (column.hyper === undefined) {
        const copied = await copyOf(file, column.name);
        expect([name, column.name, copied]).toEqual([name, column.name, 'refused']);
      } else if (answer !== undefined) {
        expect([name, column.name, answer.get(column.name)]).toEqual([name, column.name, column.hyper]);
      }
    }
  }
});

/** Into a column of any type that hyperd might make of it. */
async function copyOf(file: string, column: string): Promise<string> {
  for (const type of ['json', 'text', 'bytea', 'bigint', 'numeric(38,0)', 'time', 'double precision']) {
    await engine.run('drop table if exists unreadable');
    await engine.run(`create temporary table unreadable ("${column}" ${type})`);
    const answer = await engine.run(`copy unreadable ("${column}") from '${file}' with (format parquet)`);
    if ('rows' in answer) return type;
  }
  return 'refused';
}

test('hyperd agrees on every physical type with every annotation', async () => {
  const all = [...combinations()].map((element, at): Struct => ({ ...element, 4: { text: `c${at}` } }));
  const columns = await declared(all);
  expect(columns.length).toBeGreaterThan(2000);

  const wide = await store('all', all);
  const refusal = await engine.run(`select * from ${external(wide)} limit 0`);
  if (!('error' in refusal)) throw new Error('hyperd read columns that it should not');
  const offending = [...refusal.error.matchAll(/Column (c\d+) with physical type/g)].map(([, name]) => name);
  const refused = columns.filter(({ hyper }) => hyper === undefined).map(({ name }) => name);
  expect(refused).toEqual(offending);

  const readable = columns.filter(({ hyper }) => hyper !== undefined);
  expect(readable.length).toBeGreaterThan(80);
  const narrow = await store(
    'readable',
    all.filter((_, at) => columns[at]!.hyper !== undefined),
  );
  expect(await hypersAnswer(narrow)).toEqual(new Map(readable.map(({ name, hyper }) => [name, hyper])));
});

test('hyperd refuses the whole file where our reader calls it inconsistent', async () => {
  const good: Struct = { 1: { i32: 1 }, 3: { i32: 1 }, 4: { text: 'good' } };
  const cases: Record<string, Struct[]> = {
    'same name': [good, good],
    'no repetition': [good, { 1: { i32: 1 }, 4: { text: 'a' } }],
    'no type': [good, { 3: { i32: 1 }, 4: { text: 'a' } }],
    'no digits': [good, { ...good, 4: { text: 'a' }, 6: { i32: 5 } }],
    'no scale': [good, { ...good, 4: { text: 'a' }, 6: { i32: 5 }, 8: { i32: 9 } }],
  };
  await engine.run('create temporary table inconsistent (good int)');
  for (const [name, elements] of Object.entries(cases)) {
    const file = await store(name, elements);
    await expect(readFooter(await fileOf(file))).rejects.toMatchObject({ reason: 'inconsistent' });
    const copied = await engine.run(`copy inconsistent from '${file}' with (format parquet)`);
    expect([name, copied]).toEqual([name, { error: expect.stringMatching(/Error in .*/) as string }]);
  }
});

async function declared(elements: readonly Struct[]) {
  return (await readFooter(bytesOf(parquetFile(footerOf(elements, elements.length))))).columns;
}

async function store(name: string, elements: readonly Struct[]): Promise<string> {
  const file = path.join(engine.folder, `${name}.parquet`);
  await writeFile(file, parquetFile(footerOf(elements, elements.length)));
  return file;
}

function* combinations(): Generator<Struct> {
  for (let physical = 0; physical < 8; physical++) {
    for (const length of physical === 7 ? [2, 12, 16, 17] : [undefined]) {
      const base: Struct = {
        1: { i32: physical },
        ...(length === undefined ? {} : { 2: { i32: length } }),
        3: { i32: 1 },
        4: { text: 'a' },
      };
      for (const converted of conversions) {
        yield { ...base, ...converted };
        const isInteger = physical === 1 || physical === 2;
        if (!isInteger && converted !== conversions[0] && converted !== conversions[1]) continue;
        for (const logical of logicals) yield { ...base, ...converted, 10: { struct: logical } };
      }
    }
  }
}

const decimal = (precision: number, scale: number): Struct => ({
  6: { i32: 5 },
  7: { i32: scale },
  8: { i32: precision },
});

const conversions: readonly Struct[] = [
  {},
  { 6: { i32: 0 } },
  ...Array.from({ length: 22 }, (_, code): Struct => ({ 6: { i32: code } })).filter(
    (_, code) => code !== 5 && code > 0,
  ),
  ...[
    [9, 0],
    [9, 2],
    [38, 38],
    [39, 2],
  ].map(([precision, scale]) => decimal(precision!, scale!)),
];

const clock = (unit: number, utc: boolean): Struct => ({
  1: { bool: utc },
  2: { struct: { [unit]: { struct: {} } } },
});

const logicals: readonly Struct[] = [
  ...[1, 2, 3, 4, 6, 11, 12, 13, 14, 15, 16, 17, 18, 99].map((id): Struct => ({ [id]: { struct: {} } })),
  ...[
    [9, 2],
    [38, 0],
    [39, 2],
    [5, 6],
    [5, -2],
    [0, 0],
  ].map(([precision, scale]): Struct => ({ 5: { struct: { 1: { i32: scale! }, 2: { i32: precision! } } } })),
  ...[7, 8].flatMap((id) =>
    [1, 2, 3].flatMap((unit) => [false, true].map((utc): Struct => ({ [id]: { struct: clock(unit, utc) } }))),
  ),
  ...[8, 16, 32, 64].flatMap((bits) =>
    [false, true].map((signed): Struct => ({ 10: { struct: { 1: { i8: bits }, 2: { bool: signed } } } })),
  ),
];

test('values of types that no writer at hand makes', async () => {
  const file = path.join(engine.folder, 'value.parquet');
  const interval = Buffer.alloc(12);
  interval.writeUInt32LE(14, 0);
  interval.writeUInt32LE(3, 4);
  interval.writeUInt32LE(4005, 8);
  await writeFile(file, parquetColumn(7, { 2: { i32: 12 }, 6: { i32: 21 } }, [interval]));
  expect((await readFooter(await fileOf(file))).columns).toMatchObject([
    { type: 'interval', hyper: { kind: 'interval' }, nullable: false },
  ]);
  expect(await engine.run(`select a::text from ${external(file)}`)).toEqual({
    rows: [['P1Y2M3DT4.005000S']],
  });
});
