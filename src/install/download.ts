import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { RunError } from '../model/errors/run-error.ts';
import { foreign } from '../model/errors/secrets.ts';
import { platformKey, type Surroundings } from './surroundings.ts';

/** A package of the engine as a file. */
export interface Downloaded {
  file: string;
  by: 'npm' | 'pip';
}

/**
 * Downloads a version of the engine into an empty folder: the tested version from npm, if there is a package for the
 * platform and npm is installed, anything else as a wheel with pip. Both use the registries that the user has configured.
 *
 * Throws RunError EXT3008.
 */
export async function download(version: string, to: string, around: Surroundings): Promise<Downloaded> {
  const { release, platform } = around;
  const named = version === release.version ? release.npm[platformKey(platform)] : undefined;
  if (named === undefined) return downloadWheel(version, to, around, 'npm has no package of it');
  const spec = `${named.name}@${named.version}`;
  around.say(`Downloading ${spec} with npm (about 90 MB).`);
  const packed = await runProgram(
    'npm',
    ['pack', spec, '--ignore-scripts', '--pack-destination', to],
    around,
  );
  if (packed.kind === 'done') return { file: await onlyFileIn(to, 'npm'), by: 'npm' };
  // A registry of one's own need not have the package.
  if (packed.kind === 'absent') return downloadWheel(version, to, around, 'npm is not installed here');
  if (!/\bE404\b/.test(packed.output)) throw failed('npm', packed.output);
  return downloadWheel(version, to, around, `the registry of npm has no ${spec}`);
}

/** `otherwise` says why npm is no way. */
async function downloadWheel(
  version: string,
  to: string,
  around: Surroundings,
  otherwise: string,
): Promise<Downloaded> {
  const spec = `tableauhyperapi==${version}`;
  const args = [
    'download',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--disable-pip-version-check',
    '--dest',
    to,
    spec,
  ];
  around.say(`Downloading ${spec} with pip (about 90 MB).`);
  for (const [program, ...first] of pips) {
    const downloaded = await runProgram(program, [...first, ...args], around);
    if (downloaded.kind === 'done') return { file: await onlyFileIn(to, 'pip'), by: 'pip' };
    if (downloaded.kind === 'failed') throw failed('pip', downloaded.output);
  }
  throw new RunError('EXT3008', `the engine cannot be downloaded: ${otherwise}, and pip is not installed`, {
    hint: 'download the wheel tableauhyperapi for this platform on another machine: extracts engine install --from FILE.whl',
  });
}

/** The programs that may be pip, in the order of preference. */
const pips = [['pip3'], ['pip'], ['python3', '-m', 'pip']] as const;

type Outcome = { kind: 'done' } | { kind: 'absent' } | { kind: 'failed'; output: string };

async function runProgram(program: string, args: readonly string[], around: Surroundings): Promise<Outcome> {
  const { cwd, variables: env, signal } = around;
  const options = { cwd, env, extendEnv: false, stdin: 'ignore', all: true, reject: false } as const;
  const result = await execa(program, args, { ...options, cancelSignal: signal });
  signal.throwIfAborted();
  if (result.code === 'ENOENT' || /No module named pip\b/.test(result.all)) return { kind: 'absent' };
  return result.failed ? { kind: 'failed', output: result.all } : { kind: 'done' };
}

async function onlyFileIn(folder: string, program: string): Promise<string> {
  const [name] = await readdir(folder);
  if (name === undefined) throw failed(program, 'it wrote no file');
  return path.join(folder, name);
}

function failed(program: string, output: string): RunError {
  return new RunError('EXT3008', `${program} could not download the engine: ${reasonIn(foreign(output))}`, {
    hint: `check the network and the registry that ${program} is configured for, or install a file: extracts engine install --from FILE`,
  });
}

/** Returns the sentence of npm or pip that says why: of npm's lines the first that is no detail, of pip's the last. */
function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const npm = lines.flatMap(
    (line) => /^npm (?:error|ERR!) (?!code |errno |syscall |type )(.+)$/.exec(line)?.[1] ?? [],
  );
  const pip = lines.flatMap((line) => /^ERROR: (.+)$/.exec(line)?.[1] ?? []);
  return npm[0] ?? pip.at(-1) ?? lines.findLast((line) => line !== '') ?? 'it printed no reason';
}
