import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeTemporaryFolder, type TemporaryFolder } from '../../disk/temporary.ts';
import type { PathPart } from '../../model/ports/feed.ts';
import { bytes } from '../../model/base/numbers.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { constantsOf } from '../delimited/constants.ts';
import { explainParquet, requireParquet, withFile, type ParquetLayout } from '../parquet/index.ts';
import type { FoundObject } from './bucket.ts';
import { bytesOf } from './objects.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';

/** A private folder for files that hyperd must see as files. */
export interface Staging {
  folder(): Promise<string>;
  remove(): Promise<void>;
}

export function createStaging(): Staging {
  let made: Promise<TemporaryFolder> | undefined;
  return {
    folder: async () => (await (made ??= makeTemporaryFolder())).path,
    async remove() {
      await (await made)?.remove();
    },
  };
}

/**
 * A Parquet object. Its footer says where everything is, so hyperd needs it as a file: each is copied when
 * its turn comes and removed after. hyperd could read S3 by itself, but does not ask for the version it began
 * with: an object replaced meanwhile would be read as a mixture.
 */
export async function parquetPart(
  reader: Reader,
  table: Table,
  object: FoundObject,
  staging: Staging,
): Promise<PathPart> {
  const file = path.join(await staging.folder(), `${randomUUID()}.parquet`);
  const columns = table.columns.filter(({ origin }) => origin.kind === 'column');
  let layout: ParquetLayout | undefined;
  return {
    kind: 'path',
    label: object.shown,
    path: file,
    size: object.size,
    columns: columns.map(({ name }) => name),
    constants: constantsOf(table, object),
    format: { type: 'parquet', columns: [] },
    async stage(signal) {
      await checkSpace(object, file, table);
      const ahead = new ReadAhead(reader, [object]);
      try {
        await pipeline(bytesOf(ahead, object, signal), createWriteStream(file, { mode: 0o600 }), { signal });
      } finally {
        ahead.close();
      }
      layout = await withFile(file, (source) => requireParquet(table, object, source));
      return {
        format: { type: 'parquet', columns: layout.values },
        columns: layout.columns.map(({ name }) => name),
        rows: layout.rows,
        release: () => rm(file, { force: true }),
      };
    },
    fallback: () => undefined,
    explain: (refusal) => Promise.resolve(explainParquet(table, object, layout, refusal)),
    translate: (error) => error,
  };
}

async function checkSpace({ shown, size }: FoundObject, file: string, { place }: Table): Promise<void> {
  const folder = path.dirname(file);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= size) return;
  throw new RunError(
    'EXT2213',
    `${shown} needs ${bytes(size)} in ${path.dirname(folder)}, which has ${bytes(free)} left`,
    {
      hint: 'make room there, or set TMPDIR to a folder that has more',
      place,
    },
  );
}
