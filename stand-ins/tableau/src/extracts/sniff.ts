import { open, readFile } from 'node:fs/promises';

import { refuse } from '../rest/refusal.ts';
import type { Version } from '../settings.ts';
import { isAtLeast } from '../settings.ts';
import type { Store } from '../store.ts';
import type { Connection, StoredFile } from '../world.ts';
import type { Hyper } from './hyper.ts';
import type { ForeignKey, HyperTable } from './tables.ts';
import { faultOfTree, readForeignKeys, readTables } from './tables.ts';
import type { DataSourceDocument } from './tds.ts';
import { readTds, readTwb } from './tds.ts';
import { extractEntry, listEntries, readEntryText } from './zip.ts';

/** The detected content of a published file. */
export interface Contents {
  hasExtracts: boolean;
  isLiveToHyper: boolean;
  /** The data source's `type`, by its first connection. */
  type: string;
  connections: Omit<Connection, 'id'>[];
}

interface Tools {
  store: Store;
  hyper: Hyper;
  version: Version;
}

/**
 * Looks into a file as the server does when it publishes it; refuses with 400011 (or 400000) what cannot be
 * published.
 */
export async function lookInto(
  file: { path: string; type: StoredFile['type']; name: string },
  tools: Tools,
): Promise<Contents> {
  try {
    switch (file.type) {
      case 'hyper':
        return await lookIntoHyper(file, tools);
      case 'tdsx':
        return await lookIntoPackage(file.path, '.tds', tools);
      case 'tds':
        return lookIntoDocuments(documentsIn(await readFile(file.path, 'utf8'), '.tds'));
      case 'twbx':
        return await lookIntoPackage(file.path, '.twb', tools);
      case 'twb':
        return lookIntoDocuments(documentsIn(await readFile(file.path, 'utf8'), '.twb'));
    }
  } catch (error) {
    if (!(error instanceof Unpublishable)) throw error;
    throw refuse(
      error.code,
      `There was a problem publishing the file '${file.name}'. ${error.message}`.trim(),
    );
  }
}

/** Checks that a payload of an update of data is a Hyper file that opens; its tables need no foreign keys. */
export async function checkPayload(file: string, { hyper }: Pick<Tools, 'hyper'>): Promise<void> {
  try {
    await readModel(file, hyper);
  } catch (error) {
    throw refuse('400011', `There was a problem with the uploaded payload. ${messageOf(error)}`);
  }
}

class Unpublishable extends Error {
  readonly code: string;

  constructor(message: string, code = '400011') {
    super(message);
    this.code = code;
  }
}

async function lookIntoHyper(file: { path: string }, { hyper, version }: Tools): Promise<Contents> {
  const { tables, keys } = await readModel(file.path, hyper);
  checkModel(tables, keys, version);
  return {
    hasExtracts: true,
    isLiveToHyper: true,
    type: 'hyper',
    connections: [hyperConnection(undefined)],
  };
}

function checkModel(tables: readonly HyperTable[], keys: readonly ForeignKey[], version: Version): void {
  const [first] = tables;
  if (first === undefined) throw new Unpublishable('The Hyper file has no tables.');
  if (tables.length === 1) {
    const anyNames = isAtLeast(version, '3.7');
    if (!anyNames && !(first.schema === 'Extract' && first.name === 'Extract')) throw new Unpublishable('');
    return;
  }
  if (!isAtLeast(version, '3.14')) throw new Unpublishable('');
  switch (faultOfTree(tables, keys)) {
    case 'fact-tables':
      throw new Unpublishable(
        'Could not make a data source from the given Hyper file: it must contain exactly one fact table. ' +
          '(0x5CE10192: Hyper file model)',
        '400000',
      );
    case 'not-a-tree':
      throw new Unpublishable('The foreign keys do not make one tree over all tables.');
    case undefined:
  }
}

type Kind = '.tds' | '.twb';

async function lookIntoPackage(zip: string, kind: Kind, { store, hyper }: Tools): Promise<Contents> {
  const entries = await listEntries(zip).catch((error: unknown) => {
    throw new Unpublishable(`It is not a zip archive: ${messageOf(error)}`);
  });
  const roots = entries.filter((entry) => !entry.includes('/') && entry.toLowerCase().endsWith(kind));
  const [root] = roots;
  if (root === undefined || roots.length > 1) {
    throw new Unpublishable(`A ${kind}x has one ${kind} at its root; this one has ${roots.length}.`);
  }
  const documents = documentsIn(await readEntryText(zip, root), kind);
  const extracts = documents.flatMap((document) => extractEntriesOf(document, { entries, kind }));
  for (const entry of new Set(extracts)) {
    const file = store.newPath('hyper');
    try {
      await extractEntry(zip, entry, file);
      await readModel(file, hyper);
    } finally {
      await store.remove(file);
    }
  }
  return {
    hasExtracts: extracts.length > 0,
    isLiveToHyper: documents.every(({ flavour }) => flavour === 'live') && extracts.length > 0,
    type: typeOf(documents),
    connections: documents
      .flatMap(({ connections }) => connections)
      .map(({ database, ...connection }) => ({
        ...connection,
        embedPassword: false,
        entry: entries.includes(database) ? database : undefined,
      })),
  };
}

const typeOf = ([first]: readonly DataSourceDocument[]) => first?.connections[0]?.type ?? 'federated';

/** The package's extracts by what its document says; every Hyper database it names must be in the package. */
function extractEntriesOf(
  document: DataSourceDocument,
  { entries, kind }: { entries: readonly string[]; kind: Kind },
): string[] {
  const named =
    document.extractDatabase === undefined
      ? document.connections.filter(({ type }) => type === 'hyper').map(({ database }) => database)
      : [document.extractDatabase];
  for (const database of named) {
    if (!entries.includes(database)) {
      throw new Unpublishable(`The package has no file '${database}', which its ${kind} refers to.`);
    }
  }
  return named;
}

/** Looks into a document without a package. */
function lookIntoDocuments(documents: readonly DataSourceDocument[]): Contents {
  const connections = documents.flatMap((document) => document.connections);
  const [hyperDatabase] = documents.flatMap(
    (document) =>
      document.extractDatabase ?? document.connections.find(({ type }) => type === 'hyper')?.database ?? [],
  );
  if (hyperDatabase !== undefined) {
    throw new Unpublishable(`A document carries no data, but this one refers to '${hyperDatabase}'.`);
  }
  return {
    hasExtracts: false,
    isLiveToHyper: false,
    type: typeOf(documents),
    connections: connections.map(({ type, serverAddress, serverPort, userName }) => {
      return { type, serverAddress, serverPort, userName, embedPassword: false, entry: undefined };
    }),
  };
}

function documentsIn(text: string, kind: Kind): DataSourceDocument[] {
  try {
    return kind === '.twb' ? readTwb(text) : [readTds(text)];
  } catch (error) {
    throw new Unpublishable(`Its ${kind} cannot be read: ${messageOf(error)}`);
  }
}

const hyperSignature = 'Hyper';

async function readModel(file: string, hyper: Hyper): Promise<{ tables: HyperTable[]; keys: ForeignKey[] }> {
  const handle = await open(file, 'r');
  try {
    const start = await handle.read(Buffer.alloc(hyperSignature.length), 0, hyperSignature.length, 0);
    if (start.buffer.toString('latin1') !== hyperSignature)
      throw new Unpublishable('It is not a Hyper file.');
  } finally {
    await handle.close();
  }
  const attached = { alias: 'published', path: file, mode: 'readonly' } as const;
  try {
    return await hyper.use([attached], async (query) => ({
      tables: await readTables(query, attached.alias),
      keys: await readForeignKeys(query, attached.alias),
    }));
  } catch (error) {
    throw new Unpublishable(`The Hyper file cannot be opened: ${messageOf(error)}`);
  }
}

function hyperConnection(entry: string | undefined): Omit<Connection, 'id'> {
  return {
    type: 'hyper',
    serverAddress: '',
    serverPort: '',
    userName: 'tableau_internal_user',
    embedPassword: false,
    entry,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
