import { expect, it, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { noChanges } from '../support/story.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Names that every JavaScript object answers to. */
const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];

const pipeline = `version: 1
name: constructor
sources:
${names.map((name) => `  ${name}: { type: file, path: 'data/${name}.csv' }`).join('\n')}
  plain: { type: file, path: 'data/plain/*', format: csv }
tables:
${names
  .map(
    (name) => `  ${name}:
    from: { source: ${name} }
    primary_key: [${name}]
    columns: { ${names.map((column) => `${column}: int not null`).join(', ')} }`,
  )
  .join('\n')}
  plain:
    from: { source: plain }
    columns: { id: int }
    add: { valueOf: '\${file.name}' }
relationships:
  - { from: constructor.constructor, to: __proto__.__proto__ }
destinations:
  - { type: file, path: __proto__.hyper }
`;

it('tables, columns, sources and files may be named like what every object has', async () => {
  const project = await createProject({ 'pipelines/constructor.yaml': pipeline });
  for (const name of names)
    await project.write(`pipelines/data/${name}.csv`, `${names.join(',')}\n1,2,3,4\n`);
  for (const name of names) await project.write(`pipelines/data/plain/${name}`, 'id\n1\n');

  await project.apply();
  const read = await readHyperFile(project.path('pipelines/__proto__.hyper'));
  expect(read.map(({ name }) => name).sort()).toEqual(
    [...names, 'plain'].map((name) => `Extract.${name}`).sort(),
  );
  const plain = read.find(({ name }) => name === 'Extract.plain');
  expect(plain?.rows.map((row) => Object.values(row)[1]).sort()).toEqual([...names].sort());
  for (const name of names) {
    const table = read.find((one) => one.name === `Extract.${name}`);
    expect(table?.columns).toEqual(names.map((column) => `${column} int not null`));
    expect(table?.rows).toHaveLength(1);
  }
  expect((await project.run(['plan', '--detailed-exitcode'])).stdout).toBe(noChanges);

  await project.write('pipelines/data/plain/valueOf', 'id\n1\n');
  await project.write('pipelines/data/plain/__proto__', 'id\n1\n2\n');
  await project.remove('pipelines/data/plain/constructor');
  const changed = await project.run(['plan']);
  expect(changed.stdout).toContain(
    'data/plain/valueOf is new, data/plain/__proto__ is changed, data/plain/constructor was removed',
  );

  await project.write(
    'pipelines/constructor.yaml',
    pipeline.replace('columns: { id: int }', 'columns: { id: int, isPrototypeOf: { type: int, from: id } }'),
  );
  expect((await project.run(['plan'])).stdout).toContain('+ column "isPrototypeOf"');
});

it.each([
  ['type: constructor', 'columns: { id: constructor }', '"constructor" is no column type'],
  [
    'a source that is not there',
    'columns: { id: int }, from: { source: toString }',
    'there is no source "toString"',
  ],
])('but %s is none', async (_, table, message) => {
  const project = await createProject({
    'pipelines/a.yaml': `version: 1
name: a
sources: { s: { type: file, path: a.csv } }
tables:
  t: { ${table.includes('from:') ? '' : 'from: { source: s }, '}${table} }
destinations: [{ type: file, path: a.hyper }]
`,
  });
  const { stderr, exitCode } = await project.run(['validate']);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(65);
});
