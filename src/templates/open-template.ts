import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { reasonOf } from '../disk/reason.ts';
import { RunError } from '../model/errors/run-error.ts';
import { originOf } from './extract-origin.ts';
import type { ExtractShape } from './fit-finding.ts';
import { replaceConnection } from './live/replace-connection.ts';
import type { Replacement } from './live/replacement.ts';
import { fileName, findHyper, findRows, isLive } from './slot.ts';
import type { HyperSlot, RowsSlot } from './slot.ts';
import type { DataSource } from './tds/model.ts';
import { parseDataSource } from './tds/parse.ts';
import { parseWorkbook } from './tds/workbook.ts';
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
  /** The live connection that the extract replaces: the document is no longer that of the file. */
  replaced?: Replacement;
}

export interface Package {
  zip: ZipArchive;
  document: ZipEntry;
  /** Absent in one that was saved without its extract. */
  hyper: ZipEntry | undefined;
}

/** A package that was delivered: it has its extract. */
export type CompletePackage = Package & { hyper: ZipEntry };

/** Largest .tds that is read. Ten thousand fields make about 10 MB. */
const maxDocument = 64 * 1024 * 1024;

/**
 * Opens a .tdsx or a .tds and finds the one place in it that holds the extract. Where the data source has a live
 * connection instead, an extract of this `shape` replaces it.
 *
 * Throws RunError EXT4000 (cannot be read, or another kind of file), EXT4001 to EXT4004 (unsound package), EXT4101 to
 * EXT4104 (unsound .tds) or EXT4201 to EXT4203 (no or several .tds or .hyper to choose from).
 */
export async function openTemplate(path: string, shape?: ExtractShape): Promise<Template> {
  const refusal = refusalOfName(path);
  if (refusal !== undefined) throw new RunError('EXT4000', refusal.message, refusal);
  if (/\.tdsx$/i.test(path)) return openPackage(path, shape);
  const document = { name: basename(path), bytes: await readDocument(path) };
  return { path, ...sourceForExtract(document, { shown: path, shape }), package: undefined };
}

/** Returns why a file with this name is no template; undefined if it may be one. */
export function refusalOfName(path: string): { message: string; hint: string } | undefined {
  if (/\.tdsx?$/i.test(path)) return undefined;
  return {
    message: `${path} is neither a .tdsx nor a .tds file`,
    hint: 'a template is a data source saved by Tableau Desktop (.tdsx, .tds), not a workbook',
  };
}

/** A template from the bytes of a .tds; `name` is the name it gets at the root of a package. */
export function templateFromDocument(bytes: Buffer, shown: string, name: string): Template {
  const source = parseDataSource(bytes, shown);
  const hyper = findHyper(source, shown, undefined);
  return { path: shown, source, hyper, document: { name, bytes }, package: undefined };
}

interface Opening {
  shown: string;
  /** The file itself, where `shown` names a document inside it. */
  file?: string;
  shape: ExtractShape | undefined;
  /** The names in the package. */
  entries?: readonly string[];
}

/** Parses a document and finds the place for its extract; a live connection gives way to it. */
function sourceForExtract(
  document: Template['document'],
  { shown, file = shown, shape, entries }: Opening,
): Pick<Template, 'source' | 'document' | 'hyper' | 'replaced'> {
  const source = parseDataSource(document.bytes, shown);
  if (shape === undefined || !isLive(source))
    return { source, document, hyper: findHyper(source, file, entries) };
  const name = templateName({ source, document });
  const { text, tables } = replaceConnection(source.text, shown, { name, shape });
  const bytes = Buffer.from(text, 'utf8');
  const rewritten = parseDataSource(bytes, shown);
  const origin = originOf(source);
  return {
    source: rewritten,
    document: { name: document.name, bytes },
    hyper: findHyper(rewritten, file, entries),
    replaced: { origin, tables },
  };
}

/** The document at the root of a package. */
interface PackedDocument {
  zip: ZipArchive;
  document: ZipEntry;
  bytes: Buffer;
}

async function readPacked(path: string, extension: 'tds' | 'twb'): Promise<PackedDocument> {
  const zip = await readZip(path);
  const isDocument = new RegExp(`\\.${extension}$`, 'i');
  const documents = zip.entries.filter(({ name }) => !name.includes('/') && isDocument.test(name));
  const [document, second] = documents;
  if (document === undefined || second !== undefined) {
    const found = document === undefined ? 'none' : documents.map(({ name }) => `"${name}"`).join(', ');
    throw new RunError(
      'EXT4201',
      `${path} must have exactly one .${extension} at its root; it has ${found}`,
      {
        hint: repackingHint(zip.entries.map(({ name }) => name)),
      },
    );
  }
  return { zip, document, bytes: await unpackEntry(zip, document, maxDocument) };
}

/** Opens a package like `openTemplate`, whatever the name of its file. */
export async function openPackage(
  path: string,
  shape?: ExtractShape,
): Promise<Template & { package: Package }> {
  const { zip, document, bytes } = await readPacked(path, 'tds');
  const opened = sourceForExtract(
    { name: document.name, bytes },
    {
      shown: `${path} (${document.name})`,
      file: path,
      shape,
      entries: zip.entries.map(({ name }) => name),
    },
  );
  const entry = zip.entries.find(({ name }) => name === opened.hyper.entry);
  return { path, ...opened, package: { zip, document, hyper: entry } };
}

/** A data source to look at: a template, or one that no extract could be put into. */
export interface ReadSource extends Pick<Template, 'source' | 'document' | 'package'> {
  hyper: RowsSlot;
}

/**
 * Reads a data source of any kind: a .tds or .tdsx with a live connection, too, and those of workbooks, of which `name`
 * chooses one.
 *
 * Throws what `openTemplate` and `parseWorkbook` throw, but neither EXT4202 nor EXT4203.
 */
export async function readSource(path: string, name?: string): Promise<ReadSource> {
  const [, extension = '', packed] = /\.(tds|twb)(x?)$/i.exec(path) ?? [];
  if (extension === '')
    throw new RunError('EXT4000', `${path} is none of .tdsx, .tds, .twbx and .twb`, {
      hint: 'it should be a data source or a workbook of Tableau',
    });
  const isWorkbook = extension.toLowerCase() === 'twb';
  if (!isWorkbook && name !== undefined)
    throw new RunError('EXT4207', `${path} is a data source itself: --datasource chooses one of a workbook`);
  if (packed === '') {
    const bytes = await readDocument(path);
    const source = isWorkbook ? parseWorkbook(bytes, path, name) : parseDataSource(bytes, path);
    const document = { name: documentName(path, isWorkbook ? source : undefined), bytes };
    return { source, hyper: findRows(source, path, undefined), document, package: undefined };
  }
  const { zip, document, bytes } = await readPacked(path, isWorkbook ? 'twb' : 'tds');
  const shown = `${path} (${document.name})`;
  const source = isWorkbook ? parseWorkbook(bytes, shown, name) : parseDataSource(bytes, shown);
  const rows = findRows(
    source,
    path,
    zip.entries.map((entry) => entry.name),
  );
  const hyper =
    rows.flavour === 'database' ? undefined : zip.entries.find((entry) => entry.name === rows.entry);
  return {
    source,
    hyper: rows,
    document: { name: documentName(document.name, isWorkbook ? source : undefined), bytes },
    package: { zip, document, hyper },
  };
}

/** A data source of a workbook is called by its caption. */
function documentName(path: string, source: DataSource | undefined): string {
  return source === undefined ? basename(path) : `${fileName(source.name ?? basename(path))}.tds`;
}

/** Opens a package that has to have its extract. */
export async function openComplete(path: string): Promise<Template & { package: CompletePackage }> {
  const template = await openPackage(path);
  const { hyper } = template.package;
  if (hyper === undefined)
    throw new RunError('EXT4203', `${path} does not hold its extract "${template.hyper.entry}"`);
  return { ...template, package: { ...template.package, hyper } };
}

/** Returns how to repair what other programs make of a package that a user unpacks and packs. */
function repackingHint(names: readonly string[]): string | undefined {
  const isOfMac = (name: string) => /(?:^|\/)\._|^__MACOSX\//.test(name);
  const inFolder = names.find((name) => /^[^/]+\/[^/]+\.tds$/i.test(name) && !isOfMac(name));
  if (names.some((name) => /^\._[^/]*\.tds$/i.test(name)))
    return 'files that start with "._" are leftovers of macOS: delete them from the package (zip -d FILE "._*")';
  if (inFolder === undefined) return undefined;
  return `it was packed together with its folder: pack what is in "${inFolder.split('/')[0] ?? ''}", not the folder itself`;
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
    throw new RunError('EXT4000', `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}
