import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { RunError } from '../model/errors/run-error.ts';
import { fileName, findHyper } from './slot.ts';
import type { HyperSlot } from './slot.ts';
import type { DataSource } from './tds/model.ts';
import { parseDataSource } from './tds/parse.ts';
import { unpackEntry } from './zip/inflate.ts';
import { readZip } from './zip/read.ts';
import type { ZipArchive, ZipEntry } from './zip/read.ts';

/** A Tableau data source that an extract is put into. No handle to it stays open, and its file is never written to. */
export interface Template {
  /** The file; for one that was generated, what to call it in messages. */
  path: string;
  source: DataSource;
  hyper: HyperSlot;
  /** The .tds as it goes into the package. */
  document: { name: string; bytes: Buffer };
  /** Absent for a bare or generated .tds, which holds no data yet. */
  package: Package | undefined;
}

export interface Package {
  zip: ZipArchive;
  document: ZipEntry;
  hyper: ZipEntry;
}

/** Largest .tds that is read. Ten thousand fields make about 10 MB. */
const maxDocument = 64 * 1024 * 1024;

/**
 * Opens a .tdsx or a .tds and finds the one place in it that holds the extract.
 *
 * Throws RunError EXT4000 (cannot be read, or another kind of file), EXT4001 to EXT4004 (unsound package), EXT4101 to
 * EXT4104 (unsound .tds) or EXT4201 to EXT4203 (no or several .tds or .hyper to choose from).
 */
export async function openTemplate(path: string): Promise<Template> {
  switch (extname(path).toLowerCase()) {
    case '.tdsx':
      return openPackage(path);
    case '.tds':
      return templateFromDocument(await readDocument(path), path, basename(path));
    default:
      throw new RunError('EXT4000', `${path} is neither a .tdsx nor a .tds file`, {
        hint: 'a template is a data source saved by Tableau Desktop (.tdsx, .tds), not a workbook',
      });
  }
}

/** A template from the bytes of a .tds; `name` is the name it gets at the root of a package. */
export function templateFromDocument(bytes: Buffer, shown: string, name: string): Template {
  const source = parseDataSource(bytes, shown);
  const hyper = findHyper(source, shown, undefined);
  return { path: shown, source, hyper, document: { name, bytes }, package: undefined };
}

/** Opens a package like `openTemplate`, whatever the name of its file. */
export async function openPackage(path: string): Promise<Template & { package: Package }> {
  const zip = await readZip(path);
  const documents = zip.entries.filter(({ name }) => !name.includes('/') && /\.tds$/i.test(name));
  const [document, second] = documents;
  if (document === undefined || second !== undefined) {
    const found = document === undefined ? 'none' : documents.map(({ name }) => `"${name}"`).join(', ');
    throw new RunError('EXT4201', `${path} must have exactly one .tds at its root; it has ${found}`);
  }
  const bytes = await unpackEntry(zip, document, maxDocument);
  const source = parseDataSource(bytes, `${path} (${document.name})`);
  const hyper = findHyper(
    source,
    path,
    zip.entries.map(({ name }) => name),
  );
  const entry = zip.entries.find(({ name }) => name === hyper.entry);
  if (entry === undefined) throw new Error('the entry was matched against these very names');
  return {
    path,
    source,
    hyper,
    document: { name: document.name, bytes },
    package: { zip, document, hyper: entry },
  };
}

/** Tableau names a data source by its file; one of ours says the whole name where a file name could not hold it. */
export function templateName({ source, document }: Pick<Template, 'source' | 'document'>): string {
  const stem = document.name.replace(/\.tds$/i, '');
  const caption = source.connection.named.find((named) => named.class === 'hyper')?.caption;
  return caption !== undefined && fileName(caption) === stem ? caption : stem;
}

async function readDocument(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > maxDocument) throw new Error(`it has more than ${maxDocument} bytes`);
    return await readFile(path);
  } catch (cause) {
    throw new RunError('EXT4000', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
