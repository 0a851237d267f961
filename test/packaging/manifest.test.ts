import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { publishedManifest } from '../../packaging/manifest.ts';
import { thirdPartyLicences, type Made } from '../../packaging/third-party.ts';

const repository = {
  name: 'extracts',
  version: '1.0.0',
  description: 'An example.',
  license: 'MIT',
  engines: { node: '>=20' },
  dependencies: { '@tableau/hyperdb-api': 'npm:some-engine@1.0.0', yaml: '^2.0.0' },
};

test('the library is exported with its types as soon as both are built', () => {
  const exportsOf = (...files: string[]) => publishedManifest(repository, new Set(files)).exports;
  expect(exportsOf('dist/main.js')).not.toHaveProperty(['.']);
  expect(exportsOf('dist/main.js', 'dist/index.js', 'dist/index.d.ts')).toMatchObject({
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
  });
});

/** Bundles that consist of packages in this folder, with these files. */
async function bundleOf(packages: Record<string, Record<string, string>>) {
  const root = await mkdtemp(path.join(tmpdir(), 'licences-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const modules: Made['modules'] = {};
  for (const [name, files] of Object.entries(packages)) {
    await mkdir(path.join(root, 'node_modules', name), { recursive: true });
    for (const [file, text] of Object.entries(files))
      await writeFile(path.join(root, 'node_modules', name, file), text);
    modules[path.join(root, 'node_modules', name, 'index.js')] = {
      renderedLength: name === 'unused' ? 0 : 1,
    };
  }
  return thirdPartyLicences([{ modules }]);
}

const manifestOf = (name: string, license: string, author = 'A. Writer') =>
  JSON.stringify({ name, version: '1.0.0', license, author });

test('packages with the same terms share them, and those that ship none have the usual ones', async () => {
  const terms = 'MIT License\n\nCopyright (c) 2020 B. Writer\n\nPermission is hereby granted.\n';
  const text = await bundleOf({
    '@scope/a': { 'package.json': manifestOf('@scope/a', 'MIT'), LICENSE: terms },
    b: { 'package.json': manifestOf('b', 'MIT'), 'license.md': terms.replaceAll('\n', '\r\n') },
    c: { 'package.json': manifestOf('c', 'MIT', 'C. Writer') },
    d: {
      'package.json': manifestOf('d', 'MIT'),
      'README.md': '# d\n\n## License\n\nPermission is hereby granted by D.\n',
    },
    unused: { 'package.json': manifestOf('unused', 'GPL-3.0') },
  });
  expect(text).toBe(`dist/ contains code of these 4 packages.

${'-'.repeat(80)}
@scope/a 1.0.0 (MIT)
b 1.0.0 (MIT)

MIT License

Copyright (c) 2020 B. Writer

Permission is hereby granted.

${'-'.repeat(80)}
c 1.0.0 (MIT)

MIT License

Copyright (c) C. Writer

Permission is hereby granted.

${'-'.repeat(80)}
d 1.0.0 (MIT)

Permission is hereby granted by D.
`);
});

test('a package under other terms ends the build', async () => {
  await expect(bundleOf({ a: { 'package.json': manifestOf('a', 'GPL-3.0') } })).rejects.toThrow(
    'a would be bundled, but its licence is "GPL-3.0"',
  );
});
