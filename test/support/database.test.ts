import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from './database.ts';

it('gives every caller a database of its own and drops it at close', async () => {
  const ours = await freshDatabase();
  const theirs = await freshDatabase();
  onTestFinished(theirs.close);

  await ours.client.query('create table orders (id int)');
  const tables = `select table_name from information_schema.tables where table_schema = 'public'`;
  expect((await ours.client.query(tables)).rows).toEqual([{ table_name: 'orders' }]);
  expect((await theirs.client.query(tables)).rows).toEqual([]);

  await ours.close();
  const late = new pg.Client({ connectionString: ours.url });
  await expect(late.connect()).rejects.toMatchObject({ code: '3D000' });
});

it('drops the database even while someone else is connected', async () => {
  const { url, close } = await freshDatabase();
  const straggler = new pg.Client({ connectionString: url });
  const cutOff = new Promise<Error>((resolve) => straggler.on('error', resolve));
  await straggler.connect();

  await close();
  expect(await cutOff).toMatchObject({ code: '57P01' });
});
