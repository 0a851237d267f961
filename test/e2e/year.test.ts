import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { startS3StandIn } from '../../stand-ins/s3/src/index.ts';
import { tellStory, type Story } from '../support/story.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';
import { live } from '../templates/support/documents.ts';
import { buildPackage } from '../templates/support/packages.ts';
import { programs } from '../templates/support/programs.ts';

// A year, on whatever machine.
vi.setConfig({ testTimeout: 600_000 });

/** What a pipeline lives through from its first plan to its last, with everything around it real or strictly played. */
it.runIf(programs.python)('a year in the life of a pipeline', async () => {
  const { project, story, change, bucket, tableau } = await createWorld();
  const step = async (sentence: string, commands: readonly (readonly [string, number])[]) => {
    story.note(sentence);
    for (const [args, exitCode] of commands)
      expect((await story.run(args)).exitCode, `${sentence}: ${args}`).toBe(exitCode);
  };
  const apply = [
    ['apply --yes', 0],
    ['plan', 0],
  ] as const;

  await step('January: a pipeline is written. The pull request shows its plan.', [['plan', 0]]);
  await step('It is merged.', apply);
  expect(tableau.control.dataSource('Sales', 'Sales/Certified').revisions).toHaveLength(1);

  await change(
    "insert into sales values (3.5, 'West', '2026-02-01', null), (4.5, 'North', '2026-02-02', 'late')",
  );
  await step('February: rows arrive.', [['plan --detailed-exitcode', 2], ...apply]);

  await change('alter table sales add column units int');
  await change('update sales set units = 1');
  await step('March: the source has a column more. It is noted, not taken.', [
    ['plan --verbose', 0],
    ...apply,
  ]);

  await project.write('pipelines/sales.yaml', sales({ columns: `${columns}\n      units: int` }));
  await step('April: the contract follows.', [['plan', 0], ...apply]);

  await project.write('pipelines/sales.yaml', sales({ columns: `${columns}\n      units: smallint` }));
  await change('alter table sales alter column units type smallint');
  await step('May: a type is narrowed. That is held back, then meant.', [
    ['plan', 3],
    ['apply --yes', 3],
    ['apply --yes --allow-breaking sales.sales.units', 0],
    ['plan', 0],
  ]);

  await bucket.put('landing', 'returns/b.csv', 'id,reason\n2,late\n3,broken\n');
  await step('June: a file in the bucket is replaced.', [['plan', 0], ...apply]);

  const narrowed = sales({ columns: `${columns}\n      units: smallint` });
  await project.write('pipelines/sales.yaml', narrowed.replace('      region: text\n', ''));
  await step('July: a column is dropped that the template uses. Allowing the drop does not make it fit.', [
    ['plan', 3],
    ['apply --yes --allow-breaking sales', 3],
  ]);
  await project.write('pipelines/sales.yaml', narrowed);
  await step('That is taken back.', [['plan', 0]]);

  const published = tableau.control.dataSource('Sales', 'Sales/Certified');
  published.revisions.push({ ...published.revisions.at(-1)!, number: published.revisions.length + 1 });
  published.updatedAt = new Date(published.updatedAt.getTime() + 60_000);
  await step('August: someone else overwrites the published data source.', [
    ['plan --fail-on drift', 3],
    ['plan', 0],
    ...apply,
  ]);

  await project.write(
    'pipelines/sales.yaml',
    `${sales({ name: 'turnover', columns: `${columns}\n      units: smallint` })}moved:\n  - { from: sales, to: turnover }\n`,
  );
  await step('September: the pipeline gets another name.', [['plan', 0], ...apply]);
  expect(tableau.control.dataSource('Sales', 'Sales/Certified').id).toBe(published.id);

  await project.remove('pipelines/returns.yaml');
  await step('December: a pipeline is removed from git. What it made stays.', [['plan', 0], ...apply]);
  expect(Object.keys(await project.marks())).toContain('out/returns.hyper');

  expectGolden('e2e/year.txt', timeless(story.text()));
});

const columns = `      amount: double
      region: text
      day: date
      note: text`;

const sales = ({ name = 'sales', columns: listed = columns }) => `version: 1
name: ${name}
description: What was sold
sources:
  shop: { type: postgres, url: '\${secret.PG_URL}' }
tables:
  sales:
    from: { source: shop, table: sales }
    columns:
${listed}
extract: { schema: public }
template: { file: templates/sales.tdsx }
destinations:
  - { type: file, path: ../out/sales.tdsx }
  - { use: tableau, project: Sales/Certified, name: Sales }
`;

const returns = `version: 1
name: returns
sources:
  landing:
    type: s3
    bucket: landing
    match: returns/*.csv
    endpoint: \${env.S3_ENDPOINT}
    region: us-east-1
    path_style: true
    access_key_id: \${secret.S3_KEY_ID}
    secret_access_key: \${secret.S3_KEY}
tables:
  returns:
    from: { source: landing }
    columns: { id: int not null, reason: text }
destinations:
  - { type: file, path: ../out/returns.hyper }
`;

interface World {
  project: CliProject;
  story: Story;
  /** Changes the source, so that its counters tell at once. */
  change: (sql: string) => Promise<void>;
  bucket: Awaited<ReturnType<typeof startS3StandIn>>['control'];
  tableau: TableauStandIn;
}

async function createWorld(): Promise<World> {
  const database = await freshDatabase();
  const s3 = await startS3StandIn();
  const tableau = await startTableauStandIn();
  onTestFinished(() => Promise.all([database.close(), s3.close(), tableau.close()]).then(() => undefined));
  const secret = `Year${randomBytes(8).toString('hex')}`;
  tableau.control.addToken('ci', secret);
  s3.control.createBucket('landing');
  await s3.control.put('landing', 'returns/a.csv', 'id,reason\n1,wrong\n');
  await s3.control.put('landing', 'returns/b.csv', 'id,reason\n2,late\n');
  const change = async (sql: string) => {
    await database.client.query(sql);
    await database.client.query('select pg_stat_force_next_flush()');
  };
  await change('create table sales (amount double precision, region text, day date, note text)');
  await change(
    "insert into sales values (1.5, 'East', '2026-01-05', null), (2.5, 'West', '2026-01-06', 'hm')",
  );
  const project = await createProject({
    'extracts.yaml': `version: 1
limits: { parallel: 1, uploads: 1, server_jobs: 1 }
destinations:
  tableau:
    type: tableau
    server: ${tableau.url}
    site: ${demo.site}
    auth: { token_name: ci, token_secret: '\${secret.TABLEAU_TOKEN}' }
`,
    'pipelines/sales.yaml': sales({}),
    'pipelines/returns.yaml': returns,
    'pipelines/templates/keep.txt': '',
  });
  saveTemplate(project, live());
  const variables = {
    PG_URL: database.url,
    S3_ENDPOINT: s3.endpoint,
    S3_KEY_ID: s3.credentials.accessKeyId,
    S3_KEY: s3.credentials.secretAccessKey,
    TABLEAU_TOKEN: secret,
  };
  const story = tellStory({ ...project, run: (args, env) => project.run(args, { ...variables, ...env }) });
  return { project, story, change, bucket: s3.control, tableau };
}

function saveTemplate(project: CliProject, document: string): void {
  const made = buildPackage(
    project.path('pipelines'),
    'sales.tdsx.zip',
    [
      { name: 'sales.tds', data: document },
      { name: 'Data/Extracts/sales.hyper', data: 'an old extract' },
    ],
    'saved by somebody',
  );
  execFileSync('python3', [
    '-c',
    'import os, sys; os.replace(*sys.argv[1:])',
    made,
    project.path('pipelines/templates/sales.tdsx'),
  ]);
  for (const rest of ['0.data', '1.data', 'json']) rmSync(`${made}.${rest}`, { force: true });
}

/** Without moments and the sizes of packed files, which differ from year to year. */
function timeless(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '(moment)')
    .replace(/(pack, template \S+|publish .*|upload .*) [\d.]+ [kM]?B/g, '$1 (size)')
    .replace(/~?[\d.]+ kB/g, '(size)');
}
