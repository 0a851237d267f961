import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { noChanges, tellStory } from '../support/story.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';
import { createMusicShop } from './support/music-shop.ts';

vi.setConfig({ testTimeout: 300_000 });

const secret = `pat-${randomBytes(12).toString('hex')}`;
let standIn: TableauStandIn;
beforeAll(async () => {
  standIn = await startTableauStandIn();
  standIn.control.addToken('ci', secret);
});
afterAll(() => standIn.close());

test('from an empty folder to a published data source of six related tables, with no YAML typed', async () => {
  const [project, { client, url }] = [await createProject(), await testDatabase()];
  await createMusicShop(client);
  const env = {
    SHOP_URL: url,
    TABLEAU_SERVER: standIn.url,
    TABLEAU_SITE: demo.site,
    TABLEAU_TOKEN_NAME: 'ci',
    TABLEAU_TOKEN_SECRET: secret,
  };
  const story = tellStory(project);
  const wanted = '--tables invoice*,customer,track,album,media_type --name music_sales';
  const publish = '--template generate --to tableau --tableau-project Sales';
  await story.run(`import postgres --url-env SHOP_URL ${wanted} ${publish}`, env);
  await story.run('validate', env);
  await story.run('plan', env);
  await story.run('apply --yes', env);
  const last = await story.run('plan', env);
  expect(last.stdout).toBe(noChanges);
  expect(standIn.control.dataSource('music_sales', 'Sales')).toMatchObject({ name: 'music_sales' });
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  const text = story
    .text()
    .replaceAll(rows[0]?.name ?? '', '(database)')
    .replace(/PostgreSQL \d+/, 'PostgreSQL (version)')
    // Tables are loaded at the same time, and columns are as wide as the port is long.
    .replace(/\[stderr\]\n[^]*?(?=\[exit code)/g, '')
    .replace(/(?<=\S) {3,}/g, '   ');
  expect(text).not.toContain(secret);
  expectGolden('import/publish.txt', text);
});
