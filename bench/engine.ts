import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findHyperd } from '../src/hyper/binary.ts';
import { startHyperd } from '../src/hyper/process.ts';
import { openSession, type HyperSession } from '../src/hyper/session.ts';
import type { Bytes } from '../src/model/ports/feed.ts';
import { observe } from './measure.ts';

/**
 * Returns the time and the CPU that hyperd alone takes to load a file that it opens by itself: the floor of every
 * load.
 */
export async function loadByPath(
  file: string,
  columns: Readonly<Record<string, string>>,
  options: string,
  folder: string,
): Promise<{ seconds: number; cpu: number; rows: number }> {
  const { signal } = new AbortController();
  return load(
    (session) => session.copyFile(`copy f.public.t from '${file}' with (${options})`, signal),
    columns,
    folder,
  );
}

/** The same for bytes that come from somewhere else. */
export async function copyBytes(
  bytes: Bytes,
  columns: Readonly<Record<string, string>>,
  options: string,
  folder: string,
): Promise<{ seconds: number; cpu: number; rows: number }> {
  const { signal } = new AbortController();
  const copy = (session: HyperSession) =>
    session.copyIn(`copy f.public.t from stdin with (${options})`, bytes, () => undefined, signal);
  return load(copy, columns, folder);
}

async function load(
  work: (session: HyperSession) => Promise<number>,
  columns: Readonly<Record<string, string>>,
  folder: string,
): Promise<{ seconds: number; cpu: number; rows: number }> {
  const hyperd = await startHyperd(await findHyperd(process.env), {});
  const session = await openSession(hyperd);
  try {
    await session.query(`create database "${folder}/floor.hyper" with version 3`);
    await session.query(`attach database "${folder}/floor.hyper" as f`);
    const definition = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`);
    await session.query(`create table f.public.t (${definition.join(', ')})`);
    const { seconds, cpu, result } = await observe(hyperd.pid, async () => {
      const rows = await work(session);
      await session.query('detach database f');
      return rows;
    });
    await session.query(`drop database "${folder}/floor.hyper"`);
    return { seconds, cpu, rows: result };
  } finally {
    await session.end();
    await hyperd.stop();
  }
}

/** The same as `loadByPath` for many files: one COPY for each list of them, all side by side into one table. */
export async function loadByPaths(
  lists: readonly (readonly string[])[],
  columns: Readonly<Record<string, string>>,
  options: string,
  folder: string,
  binary?: string,
): Promise<{ seconds: number; cpu: number; rows: number }> {
  const hyperd = await startHyperd(binary ?? (await findHyperd(process.env)), {});
  const session = await openSession(hyperd);
  const loaders = await Promise.all(lists.map(() => openSession(hyperd)));
  const database = `${folder}/floor.hyper`;
  try {
    await session.query(`create database "${database}" with version 3`);
    await session.query(`attach database "${database}" as f`);
    const definition = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`);
    await session.query(`create table f.public.t (${definition.join(', ')})`);
    const { signal } = new AbortController();
    const { seconds, cpu, result } = await observe(hyperd.pid, async () => {
      const rows = await Promise.all(
        loaders.map(async (loader, index) => {
          await loader.query(`attach database "${database}" as f`);
          const paths = (lists[index] ?? []).map((file) => `'${file}'`).join(', ');
          const loaded = await loader.copyFile(
            `copy f.public.t from ARRAY[${paths}] with (${options})`,
            signal,
          );
          await loader.query('detach database f');
          return loaded;
        }),
      );
      await session.query('detach database f');
      return rows.reduce((sum, count) => sum + count, 0);
    });
    await session.query(`drop database "${database}"`);
    return { seconds, cpu, rows: result };
  } finally {
    for (const loader of loaders) await loader.end();
    await session.end();
    await hyperd.stop();
  }
}

/** hyperd with as many threads as it takes by itself, and not as many as we give it: a program in the folder. */
export async function plainHyperd(folder: string): Promise<string> {
  const script = [
    '#!/bin/sh',
    'for argument do',
    '  shift',
    '  case "$argument" in *-thread-limit=*) ;; *) set -- "$@" "$argument" ;; esac',
    'done',
    `exec '${await findHyperd(process.env)}' "$@"`,
  ];
  const file = path.join(folder, 'plain-hyperd');
  await writeFile(file, `${script.join('\n')}\n`, { mode: 0o755 });
  return file;
}
