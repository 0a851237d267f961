import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readPipelines, type ProjectContext } from '../../src/config/index.ts';
import { keepSecret } from '../../src/model/errors/secrets.ts';
import { renderDiagnostics } from '../../src/render/diagnostics.ts';
import { expectGolden } from '../support/golden.ts';

const folder = fileURLToPath(new URL('../golden/diagnostics/files/', import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml') && file !== 'extracts.yaml');

const surroundings: ProjectContext = {
  cwd: folder,
  env: { SHOP_PG_URL: 'postgres://reader:hidden@db/shop', SHOP_HOST: 'db.example.com' },
  registerSecret: keepSecret,
  unsetVariables: 'error',
};

async function shown(paths: readonly string[], more: Partial<ProjectContext> = {}): Promise<string> {
  const { diagnostics, pipelines, locate, lineOf } = await readPipelines(paths, { ...surroundings, ...more });
  expect(pipelines).toEqual([]);
  return renderDiagnostics(diagnostics, { locate, lineOf, color: false });
}

describe('what is said about a bad file', () => {
  test.each(files.filter((file) => !file.startsWith('twin')))('%s', async (file) => {
    expectGolden(`diagnostics/${file.replace('.yaml', '.txt')}`, await shown([file]));
  });

  test('the program that is built, with schemas compiled beforehand, says the same', async () => {
    const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, [program, 'validate', '.'], {
      cwd: folder,
      env: { ...surroundings.env, PATH: process.env.PATH },
      encoding: 'utf8',
    });
    const { diagnostics, locate, lineOf } = await readPipelines(['.'], surroundings);
    const text = renderDiagnostics(diagnostics, { locate, lineOf, color: false });
    const ofShape = (lines: string) => lines.split('\n').filter((line) => /\[EXT100\d\]$/.test(line));
    expect(ofShape(text).length).toBeGreaterThan(30);
    expect(ofShape(stdout + stderr)).toEqual(ofShape(text));
  });

  test('two files with one name, one extract and one destination', async () => {
    const { diagnostics, locate, lineOf } = await readPipelines(
      ['twin-one.yaml', 'twin-two.yaml'],
      surroundings,
    );
    expectGolden('diagnostics/twins.txt', renderDiagnostics(diagnostics, { locate, lineOf, color: false }));
  });

  test('paths that lead nowhere', async () => {
    const paths = ['nowhere', 'extracts.yaml', '../empty.txt', '../../../support'];
    expectGolden('diagnostics/paths.txt', await shown(paths));
  });

  test('no secret shows', async () => {
    const { diagnostics, locate, lineOf } = await readPipelines(['.'], surroundings);
    const text = renderDiagnostics(diagnostics, { locate, lineOf, color: false });
    expect(text).not.toContain('hidden');
    expect(text).toContain('substitution.yaml');
  });
});
