import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import type { CursorColumn } from '../../../src/sources/postgres/contract/cursor-columns.ts';
import { beginningOf } from '../../../src/sources/postgres/incremental/highest.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { contractOf, never, sourceAt, startEngine, type ColumnsWritten, type Engine } from './support.ts';

let database: FreshDatabase;
let engine: Engine;
beforeAll(async () => {
  [database, engine] = await Promise.all([freshDatabase(), startEngine()]);
});
afterAll(() => Promise.all([database.close(), engine.stop()]));

/** What values of a type become in the extract, or the error of the load. */
async function loaded(type: string, contract: ColumnsWritten[string], values: readonly string[]) {
  await database.client.query('drop table if exists s');
  await database.client.query(`create table s (id int, v ${type})`);
  const rows = values.map((value, id) => `(${id}, ${value})`);
  await database.client.query(`insert into s values ${rows.join(', ')}`);
  const table = contractOf({
    name: 't',
    table: 's',
    columns: { id: 'int', v: contract },
    primaryKey: ['id'],
  });
  try {
    return (await engine.load(sourceAt(database.url), table)).map(([, v]) => v);
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return `${code}: ${message} = ${hint}`;
  }
}

test('round: half_up rounds numeric half away from zero', async () => {
  const contract = { type: 'numeric(10,2)', round: 'half_up' } as const;
  const values = ['1.005', '-1.005', '1.0049999', '2.675', 'null', '12.5'];
  const expected = ['1.01', '-1.01', '1.00', '2.68', null, '12.50'];
  expect(await loaded('numeric', contract, values)).toEqual(expected);
  expect(await loaded('numeric(20,10)', contract, values)).toEqual(expected);
  expect(await loaded('numeric', contract, ["'NaN'"])).toMatch(
    /^EXT2003: t\.v, id = 0: NaN is a value that Hyper cannot hold/,
  );
});

describe('at_zone', () => {
  test('turns instants into the wall clock and the day of a zone', async () => {
    const values = ["'2024-07-01 22:30:00+00'", "'2024-12-31 23:30:00+00'", 'null'];
    expect(await loaded('timestamptz', { type: 'timestamp', atZone: 'Europe/Berlin' }, values)).toEqual([
      '2024-07-02 00:30:00',
      '2025-01-01 00:30:00',
      null,
    ]);
    expect(await loaded('timestamptz', { type: 'date', atZone: 'Europe/Berlin' }, values)).toEqual([
      '2024-07-02',
      '2025-01-01',
      null,
    ]);
    expect(await loaded('timestamptz', { type: 'date', atZone: 'UTC' }, ["'infinity'"])).toMatch(
      /^EXT2003: t\.v, id = 0: infinity is infinite, which Hyper cannot hold/,
    );
    expect(
      await loaded('timestamptz', { type: 'date', atZone: 'UTC', onInfinite: 'null' }, ["'infinity'"]),
    ).toEqual([null]);
  });

  test('reads a clock without a zone as that of the zone', async () => {
    const contract = { type: 'timestamptz', atZone: 'Europe/Berlin' } as const;
    expect(
      await loaded('timestamp', contract, ["'2024-07-01 12:00'", "'2024-01-01 12:00:00.123456'", 'null']),
    ).toEqual(['2024-07-01 10:00:00+00', '2024-01-01 11:00:00.123456+00', null]);
  });

  test.each([
    ['Europe/Berlin', '2024-03-31 02:30', 'does not exist'],
    ['Europe/Berlin', '2024-10-27 02:30', 'exists twice'],
    ['Australia/Lord_Howe', '2024-04-07 01:45', 'exists twice'],
    ['Australia/Lord_Howe', '2024-10-06 02:15', 'does not exist'],
    ['America/New_York', '2024-11-03 01:59:59.999999', 'exists twice'],
  ])('%s: %s %s', async (atZone, wall, reason) => {
    const clocks = [`'2024-07-01 12:00'`, `'${wall}'`];
    expect(await loaded('timestamp', { type: 'timestamptz', atZone }, clocks)).toMatch(
      new RegExp(
        `^EXT2003: t\\.v, id = 1: .* ${reason} in ${atZone} = correct the row, or say which instant`,
      ),
    );
  });

  test.each([
    ['Europe/Berlin', '2024-03-31 03:00'],
    ['Europe/Berlin', '2024-10-27 03:00'],
    ['Europe/Berlin', '2024-10-27 01:59:59.999999'],
    ['Australia/Lord_Howe', '2024-04-07 02:00'],
  ])('%s: %s exists once', async (atZone, wall) => {
    expect(await loaded('timestamp', { type: 'timestamptz', atZone }, [`'${wall}'`])).toHaveLength(1);
  });
});

test('24:00 stops the load: Tableau cannot read it', async () => {
  expect(await loaded('time', 'time', ["'10:00'", "'24:00'"])).toBe(
    'EXT2003: t.v, id = 1: 24:00:00 is the end of the day, which Tableau cannot read' +
      ` = write expr: "nullif(v, '24:00')" to load NULL instead, or declare the column as text`,
  );
});

test('a wall clock that is set back is no cursor', async () => {
  await database.client.query('drop table if exists s; create table s (at timestamptz, id int)');
  const problems = async (contract: ColumnsWritten[string], load: 'cursor' | 'window') => {
    const port = openPostgres(sourceAt(database.url));
    const table = contractOf({
      ...{ table: 's', columns: { at: contract, id: 'int' } },
      load:
        load === 'cursor'
          ? { kind: 'cursor', mode: 'append', cursor: ['at', 'id'] }
          : { kind: 'window', column: 'at', last: { seconds: 86_400, shown: '1d' } },
    });
    const [seen] = await port.observe([{ table, before: undefined }], never());
    return seen?.problems.map(({ code, message, hint }) => [code, message, hint]);
  };
  const refused = [
    'EXT2018',
    'column "at" is the cursor, and the clocks of Europe/Berlin go back: later rows may have lower values',
    'load the instants (at: timestamptz), set at_zone: UTC on the column, or choose another cursor',
  ];
  for (const type of ['timestamp', 'date'] as const) {
    expect(await problems({ type, atZone: 'Europe/Berlin' }, 'cursor')).toEqual([refused]);
    expect(await problems({ type, atZone: 'Europe/Berlin' }, 'window')).toEqual([]);
    for (const atZone of ['UTC', 'Etc/GMT+5']) expect(await problems({ type, atZone }, 'cursor')).toEqual([]);
  }
  expect(await problems({ type: 'timestamptz', atZone: 'Europe/Berlin' }, 'cursor')).toEqual([]);
});

describe('a window begins by the clock of at_zone', () => {
  /** The beginning of the day, or of the hour, of 48 or 5 hours ago there. */
  const expected = (zone: string, hours: number) => {
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const wall = format.format(Date.now() - hours * 3_600_000);
    return hours % 24 === 0 ? `${wall.slice(0, 10)} 00:00:00` : `${wall.slice(0, 13)}:00:00`;
  };
  const begins = (type: string, hours: number, atZone?: string) => {
    const place = { file: 'p.yaml', pointer: '/tables/t/load' };
    const last = { seconds: hours * 3600, shown: `${hours}h` };
    const first: CursorColumn = {
      column: {
        ...contractOf({ name: 't', columns: { v: 'timestamp' } }).columns[0]!,
        ...(atZone && { atZone }),
      },
      sql: 'v',
      type: { name: type, formatted: type, modifier: -1, category: 'D' },
      ...{ mayBeNull: false, notNull: true, infiniteIsNull: false },
    };
    const load = { kind: 'window', place, column: 'v', last, nulls: 'error' } as const;
    return beginningOf(database.client, { load, columns: [first] }, undefined);
  };

  // Two of them are never in the same day.
  test.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kolkata', 'UTC'])('%s', async (zone) => {
    await database.client.query("set timezone = 'UTC'");
    for (const hours of [48, 5]) {
      const before = expected(zone, hours);
      const found = await begins('timestamp', hours, zone);
      expect([before, expected(zone, hours)]).toContain(found);
      const day = await begins('date', hours, zone);
      expect([before.slice(0, 10), expected(zone, hours).slice(0, 10)]).toContain(day);
    }
    const instant = await begins('timestamptz', 48, zone);
    const { rows } = await database.client.query<{ wall: string }>(
      `select ($1::timestamptz at time zone '${zone}')::text as wall`,
      [instant],
    );
    expect(rows[0]?.wall).toBe(expected(zone, 48));
  });

  test('without it by that of UTC', async () => {
    expect(await begins('timestamp', 48)).toBe(expected('UTC', 48));
  });
});
