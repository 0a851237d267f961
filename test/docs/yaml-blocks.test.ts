import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { readPipelines } from '../../src/config/index.ts';
import { familyOf } from '../../src/model/config/family.ts';
import { renderDiagnostics } from '../../src/render/diagnostics.ts';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'extracts-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const examples = ['../README.md', ...readdirSync(docs)]
  .filter((page) => page.endsWith('.md'))
  .flatMap((page) => {
    const text = readFileSync(join(docs, page), 'utf8');
    return [...text.matchAll(/^```yaml\n(version: 1\n[^]*?)^```$/gm)].map(([, block = ''], index) => ({
      title: `${basename(page)}, example ${index + 1}`,
      block,
    }));
  });

describe('every YAML example of the documentation is valid', () => {
  test('there are some', () => expect(examples.length).toBeGreaterThan(5));

  test.each(examples)('$title', async ({ title, block }) => {
    const own = join(folder, title);
    mkdirSync(own);
    const isProject = !/^name:/m.test(block);
    writeFileSync(join(own, isProject ? 'extracts.yaml' : 'example.yaml'), block);
    if (block.includes('use: share')) writeFileSync(join(own, 'extracts.yaml'), share);
    if (isProject) writeFileSync(join(own, 'uses.yaml'), /^connections:/m.test(block) ? usesProject : plain);
    const { diagnostics, pipelines, locate, lineOf } = await readPipelines(['.'], {
      cwd: own,
      env: {},
      registerSecret: () => undefined,
      unsetVariables: 'warning',
    });
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect(renderDiagnostics(errors, { locate, lineOf, color: false })).toBe('');
    expect(new Set(pipelines.map(({ address }) => familyOf(address))).size).toBe(1);
  });
});

const share = `version: 1
destinations:
  share: {type: tableau, server: "https://tableau.example.com", auth: {token_name: ci, token_secret: "\${secret.TOKEN}"}}
`;

const usesProject = `version: 1
name: uses_project
sources: {shop: {connection: shop}}
tables: {t: {from: {source: shop, table: t}, columns: {a: int}}}
destinations: [{use: share}]
`;

const plain = `version: 1
name: plain
sources: {orders: {type: file, path: orders.csv}}
tables: {t: {from: {source: orders}, columns: {a: int}}}
destinations: [{type: file, path: plain.hyper}]
`;
