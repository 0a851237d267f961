import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };

const read = (file: string) => readFileSync(new URL(`../../.github/${file}`, import.meta.url), 'utf8');

interface Workflow {
  permissions: Record<string, string>;
  jobs: { test: { strategy: { matrix: { node: number[] } }; steps: { run?: string }[] } };
}

test('the workflow runs the tests and the demo on each version of Node.js, from the oldest that we take', () => {
  const { permissions, jobs } = parse(read('workflows/ci.yml')) as Workflow;
  expect(permissions).toEqual({ contents: 'read' });
  const { strategy, steps } = jobs.test;
  expect(strategy.matrix.node).toEqual([20, 22, 24]);
  expect(manifest.engines.node).toMatch(/^>=20\./);
  expect(steps.flatMap(({ run }) => run ?? [])).toEqual(['.ci/run', 'npm run demo']);
});

interface Form {
  name: string;
  description: string;
  body: { type: string; id?: string; attributes: { label?: string; value?: string } }[];
}

const forms = readdirSync(new URL('../../.github/ISSUE_TEMPLATE/', import.meta.url)).filter(
  (file) => file !== 'config.yml',
);

test.each(forms)('the issue form %s has what the host asks of one', (file) => {
  const { name, description, body } = parse(read(`ISSUE_TEMPLATE/${file}`)) as Form;
  expect(name.length).toBeGreaterThan(3);
  expect(description.length).toBeGreaterThan(3);
  const fields = body.filter(({ type }) => type !== 'markdown');
  for (const { type, attributes } of fields) {
    expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
    expect(attributes.label).toBeTypeOf('string');
  }
  const ids = fields.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
