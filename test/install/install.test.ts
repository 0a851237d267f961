import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findEngine } from '../../src/hyper/binary.ts';
import type { Platform } from '../../src/hyper/platform.ts';
import { installEngine, type InstallRequest } from '../../src/install/install.ts';
import { testedRelease, type EngineRelease } from '../../src/install/release.ts';
import type { Surroundings } from '../../src/install/surroundings.ts';
import { Interruption } from '../../src/model/errors/run-error.ts';
import { fakeEngine, tgzOf, writeProgram, writeTgz, writeWheel } from '../support/engine/packages.ts';
import { temporaryFolder } from '../support/folder.ts';

const linux: Platform = { os: 'linux', arch: 'x64', hasGlibc: true };
const mac: Platform = { os: 'darwin', arch: 'arm64', hasGlibc: false };
const version = '0.0.26359';

/** A user with a home, whose PATH has only node and the programs that the test puts into `bin`. */
async function newUser(platform: Platform = linux) {
  const folder = await temporaryFolder();
  const inHome = (...names: string[]) => path.join(folder, ...names);
  await mkdir(inHome('bin'));
  await symlink(process.execPath, inHome('bin/node'));
  await mkdir(inHome('tmp'));
  const said: string[] = [];
  const around: Surroundings = {
    cwd: folder,
    variables: {
      HOME: folder,
      TMPDIR: inHome('tmp'),
      PATH: inHome('bin'),
    },
    signal: new AbortController().signal,
    platform,
    release: testedRelease,
    say: (text) => void said.push(text),
  };
  const cache = inHome(platform.os === 'darwin' ? 'Library/Caches' : '.cache', 'extracts/hyperd');
  return {
    inHome,
    said,
    cache,
    around,
    install: (request: InstallRequest, more: Partial<Surroundings> = {}) =>
      installEngine(request, { ...around, ...more }),
    /** Names of everything in the cache. */
    kept: async () => {
      const names = await readdir(cache, { recursive: true }).catch(() => []);
      // The link is followed.
      return names.filter((name) => !name.startsWith('current/')).sort();
    },
  };
}

/** A program that logs its arguments and puts a file where npm or pip would. */
const delivering = (file: string, flag: string) => `#!/bin/sh
echo "$@" >> "$HOME/arguments"
while [ "$1" != ${flag} ]; do shift; done
/bin/cp '${file}' "$2/"
`;

/** A release whose packages are these files. */
async function releaseOf(file: string, platform: string): Promise<EngineRelease> {
  const bytes = await readFile(file);
  return {
    version,
    npm: {
      'linux-x64': {
        name: 'engine-package',
        version: '1.2.3',
        integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      },
    },
    wheels: { [platform]: createHash('sha256').update(bytes).digest('hex') },
  };
}

const failureOf = async (promise: Promise<unknown>) =>
  promise.then(
    (value) => expect.unreachable(JSON.stringify(value)),
    (error: unknown) => error as { code: string; message: string; hint: string },
  );

describe('a download', () => {
  test('comes from npm, has the checksum of the release, and is used from then on', async () => {
    const user = await newUser();
    const tgz = user.inHome('engine.tgz');
    await writeTgz(tgz, fakeEngine(version));
    await writeProgram(user.inHome('bin'), 'npm', delivering(tgz, '--pack-destination'));
    const release = await releaseOf(tgz, 'linux-x64');
    const installed = await user.install({}, { release });
    const file = path.join(user.cache, version, 'hyperd');
    expect(installed).toEqual({
      path: file,
      version,
      isNew: true,
      others: [],
      source: 'npm',
      isTested: true,
    });
    expect(await user.kept()).toEqual([version, `${version}/LICENSE-HYPERD`, `${version}/hyperd`, 'current']);
    expect(await readlink(path.join(user.cache, 'current'))).toBe(version);
    expect((await stat(file)).mode & 0o111).not.toBe(0);
    expect((await stat(path.join(user.cache, version, 'LICENSE-HYPERD'))).mode & 0o111).toBe(0);
    expect(await readFile(user.inHome('arguments'), 'utf8')).toMatch(
      /^pack engine-package@1\.2\.3 --ignore-scripts --pack-destination \S+\n$/,
    );
    expect(user.said).toEqual(['Downloading engine-package@1.2.3 with npm (about 90 MB).']);
    expect(await findEngine(user.around.variables, linux)).toEqual({ path: file, place: 'cache' });
    expect(await readdir(user.inHome('tmp'))).toEqual([]);

    // Nothing is downloaded again, until it is asked for.
    const again = await user.install({}, { release });
    expect(again).toMatchObject({ path: file, isNew: false, source: 'cache' });
    expect(user.said).toHaveLength(1);
    await user.install({ force: true }, { release });
    expect(user.said).toHaveLength(2);
  });

  test('with other content is refused, and leaves nothing', async () => {
    const user = await newUser();
    const tgz = user.inHome('engine.tgz');
    await writeTgz(tgz, fakeEngine(version));
    const release = await releaseOf(tgz, 'linux-x64');
    await writeTgz(tgz, fakeEngine(version), [{ name: 'package/more', text: 'x' }]);
    await writeProgram(user.inHome('bin'), 'npm', delivering(tgz, '--pack-destination'));
    expect(await failureOf(user.install({}, { release }))).toMatchObject({
      code: 'EXT3009',
      message: 'engine.tgz is not the file that this release of extracts was tested with',
    });
    expect(await user.kept()).toEqual([]);
  });

  test.each([
    ['npm is not installed', undefined, linux],
    ['the registry does not have it', '#!/bin/sh\necho "npm error code E404" >&2\nexit 1\n', linux],
    ['there is none for macOS', '#!/bin/sh\nexit 99\n', mac],
  ])('is the wheel with pip where %s', async (_, npm, platform) => {
    const user = await newUser(platform);
    const wheel = user.inHome(`tableauhyperapi-${version}-py3-none-any.whl`);
    await writeWheel(wheel, fakeEngine(version));
    if (npm !== undefined) await writeProgram(user.inHome('bin'), 'npm', npm);
    await writeProgram(user.inHome('bin'), 'pip', delivering(wheel, '--dest'));
    const around = { release: await releaseOf(wheel, `${platform.os}-${platform.arch}`) };
    const installed = await user.install({}, around);
    const file = path.join(user.cache, version, 'hyperd');
    expect(installed).toEqual({
      path: file,
      version,
      isNew: true,
      others: [],
      source: 'pip',
      isTested: true,
    });
    expect(await readFile(user.inHome('arguments'), 'utf8')).toContain(` tableauhyperapi==${version}\n`);
    expect(await user.kept()).toEqual([version, `${version}/LICENSE`, `${version}/hyperd`, 'current']);
    expect(await findEngine(user.around.variables, platform)).toEqual({ path: file, place: 'cache' });
  });

  test('of another version comes from pip, and its checksum is not known', async () => {
    const user = await newUser();
    const wheel = user.inHome('tableauhyperapi-0.0.27000-py3-none-any.whl');
    await writeWheel(wheel, fakeEngine('0.0.27000'));
    await writeProgram(user.inHome('bin'), 'pip3', delivering(wheel, '--dest'));
    const installed = await user.install({ version: '0.0.27000' });
    expect(installed).toMatchObject({ version: '0.0.27000', source: 'pip', isTested: false });
    expect(await readFile(user.inHome('arguments'), 'utf8')).toContain(' tableauhyperapi==0.0.27000\n');
  });

  test('that fails says why, in the words of npm or pip', async () => {
    const user = await newUser();
    const npm = `#!/bin/sh
echo 'npm error code ECONNREFUSED
npm error errno ECONNREFUSED
npm error FetchError: request failed, reason: connect ECONNREFUSED 127.0.0.1:1' >&2
exit 1
`;
    await writeProgram(user.inHome('bin'), 'npm', npm);
    expect(await failureOf(user.install({}))).toMatchObject({
      code: 'EXT3008',
      message:
        'npm could not download the engine: FetchError: request failed, reason: connect ECONNREFUSED 127.0.0.1:1',
      hint: 'check the network and the registry that npm is configured for, or install a file: extracts engine install --from FILE',
    });
    const pip = `#!/bin/sh
echo 'ERROR: Could not find a version (from versions: 1, 2)
ERROR: No matching distribution found for tableauhyperapi' >&2
exit 1
`;
    await writeProgram(user.inHome('bin'), 'pip3', pip);
    expect(await failureOf(user.install({ version: '0.0.1' }))).toMatchObject({
      code: 'EXT3008',
      message: 'pip could not download the engine: No matching distribution found for tableauhyperapi',
    });
    expect(await user.kept()).toEqual([]);
  });

  test('without npm and pip names the file to fetch', async () => {
    const user = await newUser();
    await writeProgram(
      user.inHome('bin'),
      'python3',
      '#!/bin/sh\necho "$0: No module named pip" >&2\nexit 1\n',
    );
    expect(await failureOf(user.install({}))).toMatchObject({
      code: 'EXT3008',
      message: 'the engine cannot be downloaded: npm is not installed here, and pip is not installed',
      hint: expect.stringContaining('extracts engine install --from FILE.whl') as string,
    });
    expect(await user.kept()).toEqual([]);
  });

  test('that is interrupted leaves nothing', async () => {
    const user = await newUser();
    await writeProgram(user.inHome('bin'), 'npm', '#!/bin/sh\n: > "$HOME/begun"\nexec /bin/sleep 60\n');
    const interruption = new AbortController();
    const installing = failureOf(user.install({}, { signal: interruption.signal }));
    while ((await stat(user.inHome('begun')).catch(() => undefined)) === undefined)
      await new Promise((resolve) => setTimeout(resolve, 20));
    interruption.abort(new Interruption('SIGINT'));
    expect(await installing).toBe(interruption.signal.reason);
    expect(await user.kept()).toEqual([]);
  });
});

describe('a file', () => {
  test('is installed beside other versions, and is the one in use', async () => {
    const user = await newUser();
    await writeWheel(user.inHome('old.whl'), fakeEngine('0.0.1'));
    await writeTgz(user.inHome('new.tgz'), fakeEngine('0.0.2'));
    expect(await user.install({ from: 'old.whl' })).toMatchObject({
      version: '0.0.1',
      source: 'file',
      isTested: false,
    });
    expect(await user.install({ from: user.inHome('new.tgz') })).toMatchObject({
      version: '0.0.2',
      isNew: true,
    });
    const inUse = async () => (await findEngine(user.around.variables, linux)).path;
    expect(await inUse()).toBe(path.join(user.cache, '0.0.2/hyperd'));
    // Going back needs the old file, but unpacks nothing.
    expect(await user.install({ from: 'old.whl' })).toMatchObject({ version: '0.0.1', isNew: false });
    expect(await inUse()).toBe(path.join(user.cache, '0.0.1/hyperd'));
    expect(await user.install({ version: '0.0.2' })).toMatchObject({ version: '0.0.2', isNew: false });
    expect(await inUse()).toBe(path.join(user.cache, '0.0.2/hyperd'));
    expect(user.said).toEqual([]);
  });

  test('replaces an engine that no longer starts', async () => {
    const user = await newUser();
    await writeTgz(user.inHome('a.tgz'), fakeEngine('0.0.1'));
    const { path: file } = await user.install({ from: 'a.tgz' });
    await writeFile(file, '#!/bin/sh\nexit 1\n');
    expect(await user.install({ from: 'a.tgz' })).toMatchObject({ isNew: true });
    expect(await readFile(file, 'utf8')).toBe(fakeEngine('0.0.1'));
    expect(await user.kept()).toEqual(['0.0.1', '0.0.1/LICENSE-HYPERD', '0.0.1/hyperd', 'current']);
  });

  const hostile = [
    ['leaves its folder', '../../evil', 'contains a "." or ".." folder'],
    ['leaves its folder further down', 'package/hyper/../../../evil', 'contains a "." or ".." folder'],
    ['is absolute', '/tmp/evil', 'is an absolute path'],
    ['is for Windows', 'C:evil', 'starts with a drive letter'],
    ['has a backslash', '..\\evil', 'contains a backslash'],
  ] as const;
  test.each(hostile)('whose entry %s is refused as a whole', async (_, name, why) => {
    const user = await newUser();
    const more = [{ name, text: 'evil' }];
    await writeTgz(user.inHome('a.tgz'), fakeEngine('0.0.1'), more);
    await writeWheel(user.inHome('a.whl'), fakeEngine('0.0.1'), more);
    for (const from of ['a.tgz', 'a.whl']) {
      const { code, message } = await failureOf(user.install({ from }));
      expect({ code, message }).toEqual({ code: 'EXT3009', message: expect.stringContaining(why) as string });
      expect(message).toContain(`${from} cannot be used: `);
    }
    expect(await user.kept()).toEqual([]);
    expect((await readdir(user.inHome())).sort()).toEqual(['.cache', 'a.tgz', 'a.whl', 'bin', 'tmp']);
  });

  test('with a link, or two engines, is refused', async () => {
    const user = await newUser();
    const link = { name: 'package/link', text: '', type: '2' };
    await writeTgz(user.inHome('link.tgz'), fakeEngine('0.0.1'), [link]);
    const second = { name: 'other/hyperd', text: 'x' };
    await writeTgz(user.inHome('two.tgz'), fakeEngine('0.0.1'), [second]);
    await writeWheel(user.inHome('two.whl'), fakeEngine('0.0.1'), [{ name: 'a/hyper/hyperd', text: 'x' }]);
    expect((await failureOf(user.install({ from: 'link.tgz' }))).message).toContain('is no file');
    for (const from of ['two.tgz', 'two.whl'])
      expect((await failureOf(user.install({ from }))).message).toBe(
        `${from} cannot be used: hyperd is in it twice`,
      );
    expect(await user.kept()).toEqual([]);
  });

  test('that is no package of an engine for here says so', async () => {
    const user = await newUser();
    await writeFile(user.inHome('text.whl'), 'no archive');
    await writeFile(user.inHome('empty.whl'), '');
    await writeFile(user.inHome('none.tgz'), tgzOf([{ name: 'package/hyperd.exe', text: 'x' }]));
    await writeFile(user.inHome('cut.tgz'), tgzOf([{ name: 'package/hyperd', text: 'x' }]).subarray(0, 60));
    await writeTgz(user.inHome('other.tgz'), '#!/bin/sh\nexit 8\n');
    await writeTgz(user.inHome('silent.tgz'), fakeEngine('none'));
    const messages: Record<string, string> = {
      'missing.whl': 'missing.whl cannot be read: ENOENT: no such file or directory',
      'text.whl': 'text.whl cannot be used: it is neither a wheel (.whl) nor a package of npm (.tgz)',
      'empty.whl': 'empty.whl cannot be used: it is neither a wheel (.whl) nor a package of npm (.tgz)',
      'none.tgz': 'none.tgz cannot be used: there is no hyperd for Linux or macOS in it',
      'cut.tgz': 'cut.tgz cannot be used: unexpected end of file',
      'other.tgz': 'the engine in other.tgz does not start here: hyperd did not start: it ended with code 8',
      'silent.tgz': 'the engine in silent.tgz does not print its version',
      bin: 'bin cannot be read: EISDIR: illegal operation on a directory',
    };
    for (const [from, message] of Object.entries(messages))
      expect(await failureOf(user.install({ from }))).toMatchObject({ code: 'EXT3009', message });
    expect(await user.kept()).toEqual([]);
  });
});

test('a cache that cannot be written is named with the remedy', async () => {
  const user = await newUser();
  await writeFile(user.inHome('.cache'), 'in the way');
  expect(await failureOf(user.install({ from: 'a.whl' }))).toMatchObject({
    code: 'EXT3008',
    message: `the engine cannot be written to ${user.cache}: ${user.inHome('.cache')} is no folder`,
    hint: 'make it writable with 400 MB of free space, or set XDG_CACHE_HOME to another folder',
  });
});

describe('a platform', () => {
  const without: readonly [Platform, string][] = [
    [{ os: 'win32', arch: 'x64', hasGlibc: false }, 'Windows'],
    [{ os: 'linux', arch: 'arm64', hasGlibc: false }, 'Linux on arm64'],
    [{ os: 'linux', arch: 'x64', hasGlibc: false }, 'Linux without glibc, such as Alpine'],
    [{ os: 'freebsd', arch: 'x64', hasGlibc: false }, 'freebsd on x64'],
  ];
  test.each(without)('without an engine gets one error (%o)', async (platform, where) => {
    const user = await newUser(platform);
    const error = {
      code: 'EXT3007',
      message: `Tableau's engine does not run on ${where}`,
      hint: 'run extracts in WSL2 (on Windows), or in a container for linux/amd64: extracts explain EXT3007',
    };
    expect(await failureOf(user.install({}))).toMatchObject(error);
    expect(await failureOf(findEngine(user.around.variables, platform))).toMatchObject(error);
    expect(await user.kept()).toEqual([]);
  });

  test('may have an engine of its own, except on Windows', async () => {
    const user = await newUser();
    const file = user.inHome('hyperd');
    await writeFile(file, '');
    await chmod(file, 0o755);
    for (const [platform] of without) {
      const found = findEngine({ HYPERD_PATH: file }, platform);
      if (platform.os === 'win32') expect(await failureOf(found)).toMatchObject({ code: 'EXT3007' });
      else expect(await found).toEqual({ path: file, place: 'HYPERD_PATH' });
    }
  });
});

describe('the look-up', () => {
  test('takes HYPERD_PATH, then the cache, then npm', async () => {
    const user = await newUser();
    await writeTgz(user.inHome('a.tgz'), fakeEngine('0.0.1'));
    await user.install({ from: 'a.tgz' });
    const cached = path.join(user.cache, '0.0.1/hyperd');
    const { variables } = user.around;
    expect(await findEngine({ ...variables, HYPERD_PATH: cached }, linux)).toMatchObject({
      place: 'HYPERD_PATH',
    });
    expect(await findEngine({ ...variables, HYPERD_PATH: '' }, linux)).toEqual({
      path: cached,
      place: 'cache',
    });
    // A folder that is not absolute is none, as the XDG Base Directory Specification says.
    expect(await findEngine({ ...variables, XDG_CACHE_HOME: 'here' }, linux)).toMatchObject({
      place: 'cache',
    });
    expect(await findEngine({ ...variables, XDG_CACHE_HOME: user.inHome('no') }, linux)).toMatchObject({
      place: 'npm',
    });
    await chmod(cached, 0o644);
    expect(await findEngine(variables, linux)).toMatchObject({ place: 'npm' });
  });
});

test('the release is the package that package.json depends on, with the checksum of the lock', async () => {
  const read = async (name: string) =>
    JSON.parse(await readFile(new URL(`../../${name}`, import.meta.url), 'utf8')) as Record<string, unknown>;
  const [manifest, lock] = [await read('package.json'), await read('package-lock.json')];
  const { name, version: number, integrity } = testedRelease.npm['linux-x64']!;
  expect((manifest.dependencies as Record<string, string>)['@tableau/hyperdb-api']).toBe(
    `npm:${name}@${number}`,
  );
  expect((lock.packages as Record<string, unknown>)['node_modules/@tableau/hyperdb-api']).toMatchObject({
    name,
    version: number,
    integrity,
  });
});
