import { execa } from 'execa';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../assemble.ts';
import type { InstalledProject } from './installed.ts';

const pipeline = `version: 1
name: shop
sources:
  uploads: { type: file, path: shop.csv }
tables:
  orders:
    from: { source: uploads }
    columns: { id: int not null, name: text }
destinations:
  - { type: file, path: out/shop.hyper }
`;

/** A program of a user: prints the rows that were loaded, and whether another apply would change something. */
const program = `import { apply, plan, readProject, type ApplyResult } from 'extracts';

const read = await readProject('shop.yaml');
if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
const run = apply(read.project);
let steps = 0;
for await (const event of run) if (event.type === 'ended') steps += 1;
const result: ApplyResult = await run.result;
if (!result.ok || steps === 0) throw new Error(JSON.stringify(result));
const rows: number | undefined = result.pipelines[0]?.tables[0]?.rows;
const { hasChanges } = await plan(read.project);
console.log(JSON.stringify({ rows, hasChanges }));
`;

/** Runs that program with the installed package, and checks its types with the declarations that are shipped. */
export async function expectLibrary({ folder, node }: InstalledProject, hyperd: string): Promise<void> {
  // Below the project: the package is found from there.
  const cwd = path.join(folder, 'library');
  await mkdir(cwd);
  await writeFile(path.join(cwd, 'shop.yaml'), pipeline);
  await writeFile(path.join(cwd, 'shop.csv'), 'id,name\n1,Apples\n2,Pears\n');
  await writeFile(path.join(cwd, 'package.json'), '{"private": true, "type": "module"}\n');
  await writeFile(path.join(cwd, 'program.ts'), program);
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  const options = ['--strict', '--exactOptionalPropertyTypes', '--target', 'es2023', '--module', 'nodenext'];
  await execa(process.execPath, [compiler, ...options, '--lib', 'es2023,dom', 'program.ts'], { cwd });
  const env = { ...node.env, HYPERD_PATH: hyperd };
  const { stdout } = await execa('node', ['program.js'], { cwd, env });
  if (stdout !== '{"rows":2,"hasChanges":false}') throw new Error(`the library printed ${stdout}`);
}
