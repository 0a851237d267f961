import { execa } from 'execa';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { HyperSession } from '../../src/hyper/session.ts';
import { identifier } from '../../src/hyper/sql.ts';
import { noChanges } from '../support/story.ts';
import { adding, inOrder, pipelines, type PipelineName, type World } from './world.ts';

/** The states that each pipeline may have been left in. */
export type Legal = Record<PipelineName, Set<string>>;

/** Everything that is delivered is whole, and is one of the states that it may have. */
export async function expectLegal(world: World, legal: Legal, session: HyperSession): Promise<void> {
  for (const name of pipelines) {
    const found = await rowsAt(world, name, session);
    if (found === undefined) continue;
    expect(legal[name].has(found), `${name} has a legal state (${found.split('\n').length} rows)`).toBe(true);
  }
  await expectAddedOnce(world, session);
}

/** Rows of one content of the source are added as a whole, and once. Returns the rows that are there. */
async function expectAddedOnce(world: World, session: HyperSession): Promise<Set<string>> {
  const file = publishedFile(world, adding);
  if (file === undefined) return new Set();
  const rows = (await readRows(session, file)).split('\n');
  const distinct = new Set(rows);
  expect(rows.length, `${adding} has no row twice`).toBe(distinct.size);
  return distinct;
}

/** After an apply that nothing has disturbed: today's rows everywhere, nothing to do, nothing left over. */
export async function expectConverged(world: World, session: HyperSession): Promise<void> {
  const rows = await world.rows();
  for (const name of pipelines) expect(await rowsAt(world, name, session), name).toBe(rows[name]);
  const added = await expectAddedOnce(world, session);
  expect(rows.full.split('\n').filter((row) => !added.has(row))).toEqual([]);
  const plan = await world.project.run(['plan'], world.variables);
  expect(plan, plan.stderr).toMatchObject({ stdout: noChanges, exitCode: 0 });
  const files = await readdir(world.project.folder, { recursive: true });
  // The lock of a run that was killed when all was recorded stays until there is something to do again.
  const leftovers = files.filter((file) => /draft-|\.lock\.|\.stale|\.run-|~rejected/.test(file));
  expect(leftovers).toEqual([]);
  expect(await world.project.temporary()).toEqual([]);
  if (world.bucket !== undefined) {
    const keys = world.bucket.control.list('state').map(({ key }) => key);
    expect(keys.filter((key) => !/\/\.?[^./]+\.(json|lock)$/.test(key))).toEqual([]);
  }
}

/** How many of the publications have brought the rows that were published before. */
export async function publishedTwice(world: World, session: HyperSession): Promise<number> {
  const [found] = world.tableau.control.dataSources('published');
  let twice = 0;
  let before: string | undefined;
  for (const { file } of found?.revisions ?? []) {
    const rows = await readRows(session, file.path);
    if (rows === before) twice++;
    before = rows;
  }
  return twice;
}

async function rowsAt(world: World, name: PipelineName, session: HyperSession): Promise<string | undefined> {
  const file = world.delivered(name) ?? publishedFile(world, name);
  if (file === undefined || (await stat(file).catch(() => undefined)) === undefined) return undefined;
  if (!file.endsWith('.tdsx')) return readRows(session, file);
  const folder = path.join(world.project.folder, 'seen');
  await rm(folder, { recursive: true, force: true });
  await execa('python3', ['-m', 'zipfile', '-e', file, folder]);
  const inside = (await readdir(folder, { recursive: true })).find((entry) => entry.endsWith('.hyper'));
  const unpacked = path.join(folder, inside ?? `no extract in ${name}`);
  return readRows(session, unpacked);
}

async function readRows(session: HyperSession, file: string): Promise<string> {
  await session.query(`attach database ${identifier(file)} as seen with (access_mode = 'readonly')`);
  try {
    const rows = await session.query('select id::text as id, name from seen."Extract".t');
    return inOrder(rows.map(({ id, name }) => `${id ?? ''},${name ?? ''}`));
  } finally {
    await session.query('detach database seen');
  }
}

function publishedFile(world: World, name: string): string | undefined {
  const { control } = world.tableau;
  const [found] = control.dataSources(name);
  return found === undefined ? undefined : control.fileOf(found).path;
}
