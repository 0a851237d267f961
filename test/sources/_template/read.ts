import { createReadStream } from 'node:fs';
import type { StreamPart } from '../../../src/model/ports/feed.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import type { Snapshot } from '../../../src/model/ports/source-port.ts';
import { RunError } from '../../../src/model/errors/run-error.ts';
import { lookAtTable, unreadable, type FoundTable } from './look.ts';
import { missingColumns } from './observe.ts';
import type { TemplateSource } from './source.ts';

/**
 * Opens one consistent view of all tables: a transaction where the source has some. Files have none, so that each is
 * looked at again after it was read, and a mixture fails the run.
 */
export async function openTemplateSnapshot(
  source: TemplateSource,
  tables: readonly Table[],
): Promise<Snapshot> {
  const found = new Map<string, FoundTable>();
  for (const table of tables) found.set(table.name, await lookAgreed(source, table));
  const known = ({ name }: Table): FoundTable => {
    const one = found.get(name);
    if (one === undefined) throw new Error(`no snapshot of table ${name} was asked for`);
    return one;
  };
  return {
    feed: (table) => Promise.resolve({ parts: [streamPart(source, table, known(table))] }),
    async confirm(table) {
      const now = await lookAtTable(source, table);
      if (now.fingerprint.value === known(table).fingerprint.value) return;
      throw new RunError('EXT2903', `table "${table.name}" was changed while it was read`, {
        hint: 'nothing was kept; run again',
        place: source.place,
      });
    },
    // Taken before the rows are read: what is committed in between is read again next time, and never missed.
    fingerprint: (table) => known(table).fingerprint,
    end: () => Promise.resolve(),
  };
}

/** The source may have changed since it was observed. */
async function lookAgreed(source: TemplateSource, table: Table): Promise<FoundTable> {
  const found = await lookAtTable(source, table);
  const [problem] = missingColumns(table, found.columns);
  if (problem !== undefined) throw new RunError(problem.code, problem.message, problem);
  return found;
}

/** Bytes that hyperd parses: rows never become JavaScript values. */
function streamPart(
  source: TemplateSource,
  table: Table,
  { file, size, header, columns }: FoundTable,
): StreamPart {
  const byName = new Map(
    table.columns.flatMap(({ name, origin }) => (origin.kind === 'column' ? [[origin.name, name]] : [])),
  );
  const others = columns.filter((name) => !byName.has(name));
  if (others.length > 0) throw new RunError('EXT2904', `the contract leaves out ${others.join(', ')}`);
  return {
    kind: 'stream',
    label: table.name,
    columns: columns.map((name) => byName.get(name) ?? name),
    size,
    format: { type: 'text' },
    open(signal) {
      const start = Buffer.byteLength(header) + 1;
      return Promise.resolve({ bytes: createReadStream(file, { start, signal }), rows: () => undefined });
    },
    explain: ({ message, record }) =>
      Promise.resolve(
        new RunError('EXT2905', `${table.name}:${(record ?? 0) + 1}: ${message}`, { place: table.place }),
      ),
    translate: (error) => unreadable(error, source, table),
  };
}
