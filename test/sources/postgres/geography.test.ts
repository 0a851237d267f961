import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { linesOf, within } from './going.ts';
import { contractOf, problemsOf, sourceAt } from './support.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  // PostGIS is on few machines: a type and functions of the same names, as far as they are used.
  await database.client.query(`
    create type geometry as (x int, y int, z int, srid int);
    create function st_srid(geometry) returns int immutable language sql as 'select $1.srid';
    create function st_astext(geometry) returns text immutable language sql
      as $$ select case when $1.z is null then format('POINT(%s %s)', $1.x, $1.y) else format('POINT Z (%s %s %s)', $1.x, $1.y, $1.z) end $$;
    create function st_asewkt(geometry) returns text immutable language sql
      as $$ select format('SRID=%s;%s', $1.srid, st_astext($1)) $$`);
});
afterAll(() => database.close());

async function readPlaces(column: string, values: string): Promise<string[]> {
  await database.client.query(
    `drop table if exists places; create table places (id int primary key, place ${column}); insert into places values ${values}`,
  );
  const table = contractOf({
    name: 'places',
    table: 'places',
    columns: { id: 'int', place: 'geography' },
    primaryKey: ['id'],
  });
  expect(await problemsOf(sourceAt(database.url), table)).toEqual([]);
  return within(database.url, table, async (snapshot) =>
    linesOf(await snapshot.feed(table, new AbortController().signal)),
  );
}

test('a point of PostGIS on the globe is well-known text', async () => {
  expect(await readPlaces('geometry', '(1, (1, 2, null, 4326)::geometry), (2, null)')).toEqual([
    '1\tPOINT(1 2)',
    '2\t\\N',
  ]);
});

test.each([
  [
    'geometry',
    '(1, (5, 6, null, 25832)::geometry)',
    'places.place, id = 1: SRID=25832;POINT(5 6) has another SRID than 4326, which Tableau cannot place',
    'write expr: "ST_AsText(ST_Transform(place, 4326))", or ST_SetSRID(…, 4326) where only the SRID is missing',
  ],
  [
    'geometry',
    '(1, (1, 2, null, 0)::geometry)',
    'places.place, id = 1: SRID=0;POINT(1 2) has another SRID than 4326, which Tableau cannot place',
    'write expr: "ST_AsText(ST_Transform(place, 4326))", or ST_SetSRID(…, 4326) where only the SRID is missing',
  ],
  [
    'geometry',
    '(1, (1, 2, 3, 4326)::geometry)',
    'places.place, id = 1: POINT Z (1 2 3) has Z or M, which Hyper cannot hold',
    'declare the column as text, or take longitude and latitude alone: expr: "ST_AsText(ST_Force2D(…))"',
  ],
  ...['POINT M (1 2 3)', 'point zm(1 2 3 4)', 'GEOMETRYCOLLECTION(POINT Z(1 2 3))', 'POINT Z EMPTY'].map(
    (text) => [
      'text',
      `(1, '${text}')`,
      `places.place, id = 1: ${text} has Z or M, which Hyper cannot hold`,
      'declare the column as text, or take longitude and latitude alone: expr: "ST_AsText(ST_Force2D(…))"',
    ],
  ),
])('of %s %s is refused: what Hyper would drop silently', async (column, values, message, hint) => {
  await expect(readPlaces(column, values)).rejects.toMatchObject({ code: 'EXT2003', message, hint });
});

test.each(['POINT(1 2)', 'MULTIPOINT (1 2, 3 4)', 'POINT EMPTY', 'POLYGON ((0 0, 1 0, 1 1, 0 0))'])(
  'text %s arrives',
  async (text) => expect(await readPlaces('text', `(1, '${text}')`)).toEqual([`1\t${text}`]),
);
