import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ValueFingerprint } from '../../../src/model/world/fingerprint.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { RunError } from '../../../src/model/errors/run-error.ts';
import type { TemplateSource } from './source.ts';

/** What can be learnt of a table without reading its rows. */
export interface FoundTable {
  file: string;
  size: number;
  header: string;
  columns: readonly string[];
  fingerprint: ValueFingerprint;
}

/** Looks at the file of a table. What the world says no to is a RunError, translated once, here. */
export async function lookAtTable(source: TemplateSource, table: Table): Promise<FoundTable> {
  const file = path.join(source.folder, `${table.name}.txt`);
  try {
    const { size, mtimeNs } = await stat(file, { bigint: true });
    const header = await firstLine(file);
    return {
      file,
      size: Number(size),
      header,
      columns: header.split('\t'),
      // Equal fingerprints mean equal data: leave nothing out that a change of the rows changes.
      fingerprint: { kind: 'value', value: `${size} bytes, changed at ${mtimeNs}` },
    };
  } catch (error) {
    throw unreadable(error, source, table);
  }
}

/** Returns our error for what Node.js, or the driver of your source, has thrown; anything else is a bug of ours. */
export function unreadable(error: unknown, source: TemplateSource, table: Table): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  return new RunError('EXT2901', `table "${table.name}" cannot be read: ${error.message}`, {
    hint: 'check the folder of the source, and who may read it',
    place: source.place,
    cause: error,
  });
}

async function firstLine(file: string): Promise<string> {
  const handle = await open(file);
  try {
    for await (const line of handle.readLines()) return line;
    return '';
  } finally {
    await handle.close();
  }
}
