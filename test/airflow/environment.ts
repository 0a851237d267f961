import { execa } from 'execa';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the Python package. */
export const packageFolder = fileURLToPath(new URL('../../integrations/airflow', import.meta.url));

/** The version that the package is tried with. */
export const airflowVersion = '3.3.2';

/** Programs of a virtual environment with Airflow and the package. */
export interface PythonPrograms {
  folder: string;
  program: (name: string) => string;
}

/**
 * Returns the virtual environment beside the package, which is made on the first call: some two hundred packages from PyPI. Where
 * that is not possible, returns the reason.
 */
export async function pythonPrograms(): Promise<PythonPrograms | string> {
  const folder = path.join(packageFolder, '.venv');
  const programs = { folder, program: (name: string) => path.join(folder, 'bin', name) };
  const python = await execa('python3', ['-c', 'import sys; print(sys.version_info >= (3, 10))'], {
    reject: false,
  });
  if (python.stdout !== 'True') return 'there is no Python 3.10 or later';
  if (existsSync(programs.program('airflow'))) return programs;
  const made = await execa('python3', ['-m', 'venv', folder], { reject: false });
  if (made.exitCode !== 0) return `python3 -m venv does not work here: ${made.stdout}${made.stderr}`;
  console.log(`installing Airflow ${airflowVersion} into ${path.relative(process.cwd(), folder)}`);
  const wanted = [`apache-airflow==${airflowVersion}`, 'psycopg2-binary', 'asyncpg', 'pytest', 'ruff'];
  const installed = await execa(
    programs.program('pip'),
    ['install', '--quiet', '--disable-pip-version-check', ...wanted],
    {
      reject: false,
    },
  );
  return installed.exitCode === 0 ? programs : `pip could not install it: ${installed.stderr}`;
}
