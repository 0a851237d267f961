import { markSince } from '../disk/content-hash.ts';
import type { ExtractPort } from '../model/ports/extract-port.ts';
import { findHyperd } from './binary.ts';
import { buildExtract } from './build.ts';
import { findExtract, observeExtract } from './observe-extract.ts';
import { previewRows } from './preview.ts';
import { startHyperd, type HyperdOptions, type HyperProcess } from './process.ts';
import { openSession } from './session.ts';
import { splitExtract } from './split.ts';
import { unwrittenLimit } from './unwritten-blocks.ts';

export interface HyperSettings extends HyperdOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** Ends the engine at once, even in the middle of a statement: an interrupted run keeps no unfinished extract. */
  signal?: AbortSignal;
}

/**
 * Opens the engine: the only folder that knows hyperd. One process serves all pipelines of a run; it starts when it
 * is first needed, so that a plan without an extract needs none. If it is killed, its current users fail, and the
 * next user gets a new one.
 */
export function openHyper(settings: HyperSettings): ExtractPort {
  let starting: Promise<HyperProcess> | undefined;
  const start = async () => {
    const engine = await startHyperd(await findHyperd(settings.env), settings);
    const { signal } = settings;
    const kill = () => engine.kill();
    if (signal?.aborted === true) kill();
    signal?.addEventListener('abort', kill);
    void engine.ended.then(async () => {
      signal?.removeEventListener('abort', kill);
      starting = undefined;
      await engine.stop();
    });
    return engine;
  };
  const running = () => (starting ??= start());
  const session = async () => openSession(await running());
  return {
    prepare() {
      running().catch(() => undefined);
    },
    async observe(file, signal, { cursors = {}, known, left } = {}) {
      const there = await findExtract(file);
      if (there === undefined) return { kind: 'absent' };
      const found = await markSince(file, there, left, signal);
      if (found.size === known?.size && found.modified === known.modified)
        return { kind: 'present', ...found };
      const one = await session();
      try {
        return await observeExtract(one, file, found, cursors);
      } finally {
        await one.end();
      }
    },
    build: (extract, tables, signal, base) =>
      buildExtract(
        { openSession: session, unwrittenLimit: unwrittenLimit(settings.memory) },
        extract,
        tables,
        base && { ...base, signal },
      ),
    preview: async (table, feed, rows, signal) => previewRows(await session(), { table, feed, rows }, signal),
    split: (file, most, signal) => splitExtract(session, file, most, signal),
    async close() {
      await (await starting?.catch(() => undefined))?.stop();
    },
  };
}
