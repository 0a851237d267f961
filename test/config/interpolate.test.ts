import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { interpolate } from '../../src/config/references/interpolate.ts';
import { isPlaceholder } from '../../src/config/references/reference-text.ts';
import type { Substitution } from '../../src/config/references/substitution.ts';
import { collectSecretNames } from '../../src/config/references/secret-names.ts';
import type { Diagnostic } from '../../src/model/errors/diagnostic.ts';
import { readablePaths } from '../../src/model/config/readable-paths.ts';

const root = { file: 'p.yaml', pointer: '' };
const bound = { file: 'p.yaml', pointer: '/tables/t/from/params/0' };

function setUp(env: Record<string, string>, unsetVariables: 'error' | 'warning' = 'error') {
  const diagnostics: Diagnostic[] = [];
  const secrets: string[] = [];
  const substitution: Substitution = {
    env,
    unsetVariables,
    registerSecret: (value) => void secrets.push(value),
    report: (diagnostic) => void diagnostics.push(diagnostic),
    secretNames: collectSecretNames([]),
    readable: { root: '/' },
    refusePath: readablePaths({ root: '/' }),
  };
  return {
    diagnostics,
    secrets,
    substitution,
    run: (value: unknown, place = root) => interpolate(value, place, substitution),
  };
}

test('variables, defaults and escapes', () => {
  const { run, diagnostics } = setUp({ A: 'one', EMPTY: '' });
  expect(
    run({ x: ['${env.A}-${env.B:-two}', '${env.EMPTY:-three}${env.EMPTY}', 'costs $${env.A}, $5'] }),
  ).toEqual({
    x: ['one-two', 'three', 'costs ${env.A}, $5'],
  });
  expect(diagnostics).toEqual([]);
});

test('keys, numbers and x- entries stay as they are', () => {
  const value = { '${env.A}': 1, 'x-mine': '${nothing}', deep: { n: null, b: true } };
  const { run, diagnostics } = setUp({ A: 'one' });
  expect(run(value)).toEqual(value);
  expect(diagnostics).toEqual([]);
});

test('a secret is registered, and has a form that may be shown', () => {
  const { secrets, substitution } = setUp({ TOKEN: 'hush', STAGE: 'dev' });
  const text = '${env.STAGE}:${secret.TOKEN}';
  expect(interpolate(text, bound, substitution)).toBe('dev:hush');
  // What holds a secret is one as a whole, too.
  expect(secrets).toEqual(['hush', 'dev:hush']);
  expect(interpolate(text, bound, { ...substitution, shown: true })).toBe('dev:${secret.TOKEN}');
});

test('the content of a file is a secret, without its last line break', () => {
  const folder = mkdtempSync(join(tmpdir(), 'extracts-secret-'));
  try {
    writeFileSync(join(folder, 'key'), 'line one\nline two\n');
    const { run, secrets } = setUp({});
    expect(run(`\${file.${folder}/key}`, bound)).toBe('line one\nline two');
    expect(new Set(secrets)).toEqual(new Set(['line one\nline two']));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an unset variable leaves a placeholder, as bad as asked for', () => {
  for (const severity of ['error', 'warning'] as const) {
    const { run, diagnostics } = setUp({}, severity);
    const left = run('${env.NOWHERE}/x');
    expect(left).toBe('${env.NOWHERE}/x');
    expect(isPlaceholder(String(left))).toBe(true);
    expect(diagnostics).toMatchObject([{ severity, message: 'the environment variable NOWHERE is not set' }]);
  }
});

test('a secret inside SQL is refused in every place that holds SQL', () => {
  const { run, diagnostics } = setUp({ S: 'hush' });
  run({
    tables: {
      t: {
        from: {
          where: '${secret.S}',
          query: '${secret.S}',
          params: ['${secret.S}'],
          change_detection: { sql: '${secret.S}' },
        },
        columns: { a: { expr: '${secret.S}' } },
        load: { deletes: { query: '${secret.S}' } },
      },
    },
    defaults: { tables: { load: { deletes: { query: '${secret.S}' } } } },
  });
  expect(diagnostics.map(({ place }) => place?.pointer)).toEqual([
    '/tables/t/from/where',
    '/tables/t/from/query',
    '/tables/t/from/change_detection/sql',
    '/tables/t/columns/a/expr',
    '/tables/t/load/deletes/query',
    '/defaults/tables/load/deletes/query',
  ]);
  expect(diagnostics.every(({ message }) => !message.includes('hush'))).toBe(true);
});

test('a secret is refused where what is written is recorded, or a hash of it', () => {
  const secret = 'a ${secret.S}';
  const { run, diagnostics } = setUp({ S: 'hush' });
  run({
    description: secret,
    tags: [secret],
    for_each: { items: [secret] },
    sources: {
      files: { type: 'file', path: secret, exclude: [secret] },
      shop: { type: 'postgres', url: secret, user: secret },
    },
    tables: {
      t: {
        from: { source: 'shop', table: secret, params: [secret] },
        columns: { a: { from: secret, description: secret } },
        checks: [{ accepted_values: { column: 'a', values: [secret] } }, { row_count: { name: secret } }],
      },
    },
    destinations: [
      { type: 'file', path: secret },
      {
        type: 'tableau',
        server: secret,
        site: secret,
        name: secret,
        project: secret,
        auth: { user: secret },
      },
    ],
    defaults: {
      extract: { schema: secret },
      tables: { load: { cursor: secret } },
      sources: { file: { format: { delimiter: secret } }, postgres: { password: secret } },
    },
  });
  expect(diagnostics.map(({ code, place }) => `${code} ${place?.pointer}`)).toEqual([
    'EXT1025 /description',
    'EXT1025 /tags/0',
    'EXT1025 /for_each/items/0',
    'EXT1025 /sources/files/path',
    'EXT1025 /sources/files/exclude/0',
    'EXT1025 /tables/t/from/table',
    'EXT1025 /tables/t/columns/a/from',
    'EXT1025 /tables/t/columns/a/description',
    'EXT1025 /tables/t/checks/0/accepted_values/values/0',
    'EXT1025 /tables/t/checks/1/row_count/name',
    'EXT1025 /destinations/0/path',
    'EXT1025 /destinations/1/name',
    'EXT1025 /destinations/1/project',
    'EXT1025 /defaults/extract/schema',
    'EXT1025 /defaults/tables/load/cursor',
    'EXT1025 /defaults/sources/file/format/delimiter',
  ]);
  expect(JSON.stringify(diagnostics)).not.toContain('hush');
});

test('the path of a file is left for later, in added columns only', () => {
  const { run, diagnostics } = setUp({ A: 'one' });
  const tables = { t: { add: { p: '${env.A}: ${file.path}' } } };
  expect(run({ tables })).toEqual({ tables: { t: { add: { p: 'one: ${file.path}' } } } });
  expect(diagnostics).toEqual([]);
  run('${file.path}');
  expect(diagnostics).toMatchObject([{ code: 'EXT1020' }]);
});

test('values are never read for references again, and the text around them is kept', () => {
  const text = fc.string().map((part) => part.replaceAll('$', '').replaceAll('{', ''));
  fc.assert(
    fc.property(text, text, fc.string(), (before, after, value) => {
      const { run, diagnostics } = setUp({ V: value });
      expect(run(`${before}\${env.V}${after}`)).toBe(before + value + after);
      expect(diagnostics).toEqual([]);
    }),
  );
});

test('an escaped text comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', ' ') }), (text) => {
      const { run, diagnostics } = setUp({});
      // Before the brace a dollar of its own would join the escape.
      fc.pre(!text.includes('$${'));
      expect(run(text.replaceAll('${', () => '$${'))).toBe(text);
      expect(diagnostics).toEqual([]);
    }),
  );
});
