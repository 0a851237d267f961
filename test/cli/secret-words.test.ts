import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { run } from '../../src/cli/program.ts';
import type { Env } from '../../src/cli/env.ts';
import { forgetSecrets } from '../../src/model/errors/secrets.ts';
import { bundledSchema } from '../../src/config/schema-files.ts';

/**
 * What is shown does not depend on a secret that is in none of it: with any word of the program's own as a password,
 * the outputs are those of a password that occurs nowhere.
 */
const files: Readonly<Record<string, string>> = {
  'extracts.yaml':
    'version: 1\nconnections: { lake: { type: s3, bucket: acme, region: eu-central-1, access_key_id: "${secret.PW}", secret_access_key: "${secret.PW}" } }\n',
  'pipelines/people.csv': 'id,name\n1,Anna\n',
  'pipelines/files.yaml': `version: 1
name: people
description: the people of the shop
sources: { s: { type: file, path: people.csv } }
tables: { people: { from: { source: s }, primary_key: [id], columns: { id: int not null, name: text } } }
destinations:
  - { type: file, path: ../out/people.hyper }
  - { type: tableau, server: "https://tableau.example.com", site: demo, project: Sales, auth: { user: demo, password: "\${secret.PW}" } }
`,
  'pipelines/header.yaml': `version: 1
name: header
sources: { s: { type: file, path: people.csv } }
tables: { table: { from: { source: s }, columns: { id: int, city: text } } }
destinations: [{ type: file, path: ../out/header.hyper }]
`,
  'pipelines/shop.yaml': `version: 1
name: shop
sources: { shop: { type: postgres, url: "postgres://postgres:\${secret.PW}@127.0.0.1:1/shop" } }
tables: { orders: { from: { source: shop, table: public.orders }, columns: { id: int } } }
destinations: [{ type: file, path: ../out/shop.hyper }]
`,
};

const cwd = mkdtempSync(path.join(tmpdir(), 'secret-words-'));
beforeAll(async () => {
  await mkdir(path.join(cwd, 'pipelines'));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(cwd, name), text);
});
afterAll(() => rmSync(cwd, { recursive: true }));
afterEach(forgetSecrets);

const commands = [
  ['plan', '--offline', '--json', '--html', 'page.html'],
  ['plan', '--offline', '--markdown'],
  ['plan', '--offline', '-v'],
  ['validate', '--json'],
  ['graph', '--format', 'mermaid'],
];

/** All that the program says with a certain password. */
async function said(password: string): Promise<string[]> {
  forgetSecrets();
  const texts: string[] = [];
  for (const argv of commands) {
    let text = '';
    const add = (more: string) => void (text += more);
    const env: Env = {
      cwd,
      variables: { PW: password },
      signal: new AbortController().signal,
      out: add,
      err: add,
      color: { out: false, err: false },
      width: undefined,
      terminal: undefined,
      ask: undefined,
    };
    await run(argv, env);
    texts.push(text);
    if (argv.includes('--html')) texts.push(readFileSync(path.join(cwd, 'page.html'), 'utf8'));
  }
  return texts;
}

test('no output depends on the password', { timeout: 180_000 }, async () => {
  const expected = await said('k7#Zq-nowhere-else');
  for (const text of expected) expect(text).not.toContain('nowhere-else');
  expect(expected[0]).toContain('"tables"');
  // What a file says is no text of ours: a column with the name of the password is masked.
  const words = [...new Set(expected.join(' ').match(/[\p{L}\p{N}_]+/gu))].filter(
    (word) => !['id', 'name'].includes(word),
  );
  const document = /^\{[^]*^\}$/m.exec(expected[0] ?? '')?.[0] ?? '';
  const validate = new Ajv({ discriminator: true, strictTypes: false }).compile(bundledSchema('plan'));
  expect(validate(JSON.parse(document)), JSON.stringify(validate.errors)).toBe(true);
  const chosen = fc.oneof(
    fc.constantFrom(
      'table',
      'tables',
      'pipelines',
      'people',
      'postgres',
      'shop',
      'type',
      'apply',
      '1',
      'a',
      'create',
      'null',
      'demo',
      '"',
      '{',
      ',',
      ' ',
    ),
    fc.constantFrom(...words),
  );
  await fc.assert(
    fc.asyncProperty(chosen, async (password) => {
      expect(await said(password)).toEqual(expected);
    }),
    { numRuns: 15 },
  );
});
