import { findHyperd } from '../../../../src/hyper/binary.ts';
import { startHyperd, type HyperProcess } from '../../../../src/hyper/process.ts';
import { openSession, type HyperSession } from '../../../../src/hyper/session.ts';

/** A database file and the alias its tables are named under, as in `"alias"."schema"."table"`. */
export interface Attachment {
  alias: string;
  path: string;
  mode: 'readonly' | 'readwrite';
}

/** Runs one statement; values arrive as text, except null. */
export type Query = HyperSession['query'];

/** An engine for .hyper files that starts when it is first needed. */
export interface Hyper {
  /** Attaches the files, does the work in a separate session, and detaches them, which writes them to disk. */
  use: <T>(files: readonly Attachment[], work: (query: Query) => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
}

export function lazyHyper(): Hyper {
  let running: Promise<HyperProcess> | undefined;
  let isClosed = false;
  return {
    async use(files, work) {
      if (isClosed) throw new Error('the Hyper engine is closed');
      running ??= findHyperd(process.env).then((binary) => startHyperd(binary, { memory: 2 ** 30 }));
      const session = await openSession(await running);
      const query: Query = (sql) => session.query(sql);
      try {
        for (const file of files) {
          const mode = file.mode === 'readonly' ? ` WITH (access_mode='readonly')` : '';
          await query(`ATTACH DATABASE ${quoteName(file.path)} AS ${quoteName(file.alias)}${mode}`);
        }
        const result = await work(query);
        for (const file of files) await query(`DETACH DATABASE ${quoteName(file.alias)}`);
        return result;
      } finally {
        await session.end();
      }
    },
    async close() {
      isClosed = true;
      const engine = await running?.catch(() => undefined);
      await engine?.stop();
    },
  };
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
