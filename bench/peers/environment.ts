import { execa } from 'execa';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const requirements = path.join(here, 'requirements.txt');

/** A virtual environment with the packages of requirements.txt. */
export interface Environment {
  python: string;
  /** Version by package. */
  versions: ReadonlyMap<string, string>;
}

/**
 * Returns the virtual environment beside the scripts, which is made by the first call, and again when requirements.txt changes.
 * Returns the reason where that is not possible: no Python, no venv, no way to PyPI.
 */
export async function pythonEnvironment(
  folder = path.join(here, '.venv'),
  program = 'python3',
): Promise<Environment | string> {
  const python = path.join(folder, 'bin', 'python');
  const installed = path.join(folder, 'requirements.txt');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== readFileSync(requirements, 'utf8')) {
    const problem = await install(program, folder, python);
    if (problem !== undefined) return problem;
    await copyFile(requirements, installed);
  }
  const listed = await execa(python, ['-m', 'pip', 'list', '--format=freeze', '--disable-pip-version-check']);
  return { python, versions: versionsIn(listed.stdout) };
}

async function install(program: string, folder: string, python: string): Promise<string | undefined> {
  const found = await execa(program, ['-c', 'import sys; print(sys.version_info >= (3, 10))'], {
    reject: false,
  });
  if (found.stdout !== 'True') return `there is no Python 3.10 or later (${program})`;
  const made = await execa(program, ['-m', 'venv', '--clear', folder], { reject: false });
  if (made.exitCode !== 0) return `${program} -m venv does not work: ${lastLine(made.stdout + made.stderr)}`;
  const packages = [...versionsIn(readFileSync(requirements, 'utf8')).keys()].join(', ');
  process.stderr.write(
    `installing into ${path.relative(process.cwd(), folder)}, once, about 600 MB: ${packages}\n`,
  );
  const got = await execa(
    python,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
    { reject: false },
  );
  return got.exitCode === 0 ? undefined : `pip cannot install the packages: ${lastLine(got.stderr)}`;
}

/** Reads lines such as `duckdb==1.5.5`. */
export function versionsIn(text: string): Map<string, string> {
  const pins = text.matchAll(/^([\w-]+)(?:\[\w+\])?==(\S+)$/gm);
  return new Map([...pins].map(([, name = '', version = '']) => [name.toLowerCase(), version]));
}

export const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
