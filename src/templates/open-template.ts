import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { reasonOf } from '../disk/reason.ts';
import { RunError } from '../model/errors/run-error.ts';
import { originOf } from './extract-origin.ts';
import type { ExtractShape } from './fit-finding.ts';
import { replaceConnection } from './live/replace-connection.ts';
import type { Replacement } from './live/replacement.ts';
import { fileName, findHyper, findRows, isLive, sharedNames } from './slot.ts';
import type { HyperSlot, RowsSlot } from './slot.ts';
import type { DataSource } from './tds/model.ts';
import { parseDataSource } from './tds/parse.ts';
import { chooseSource, parseWorkbook } from './tds/workbook.ts';
import { unpackEntry } from './zip/inflate.ts';
import { readZip } from './zip/read.ts';
import type { ZipArchive, ZipEntry } from './zip/read.ts';

/** A Tableau data source that an extract is put into. No handle to it stays open, and its file is never written to. */
export interface Template {
  /** The file; for one that was generated, what to call it in messages. */
  path: string;
  choice: Choice;
  source: DataSource;
  hyper: HyperSlot;
  /** Other data sources of the workbook. */
  neighbours: readonly Neighbour[];
  /** The .tds, or the .twb of a workbook, as it goes into the package. */
  document: { name: string; bytes: Buffer };
  /** Absent for a bare or generated document, which holds no data yet. */
  package: Package | undefined;
  /** The live connection that the extract replaces: the document is no longer that of the file. */
  replaced?: Replacement;
}

/** The part of a file that is meant where the file has several. */
export interface Choice {
  kind: 'tds' | 'twb';
  /** A data source of a workbook, by its caption or name. */
  dataSource?: string | undefined;
  /** One of several extracts, by its name in the package. */
  extract?: string | undefined;
}

/** A data source beside the chosen one. */
export interface Neighbour {
  source: DataSource;
  rows: RowsSlot;
}

export interface Package {
  zip: ZipArchive;
  document: ZipEntry;
  /** Absent in one that was saved without its extract. */
  hyper: ZipEntry | undefined;
}

/** A package that was delivered: it has its extract. */
export type CompletePackage = Package & { hyper: ZipEntry };

/** Largest document that is read. Ten thousand fields make about 10 MB. */
const maxDocument = 64 * 1024 * 1024;

/**
 * Opens a .tdsx, .tds, .twbx or .twb and finds the one place in it that holds the extract. Where the data source has a live
 * connection instead, an extract of this `shape` replaces it.
 *
 * Throws RunError EXT4000 (cannot be read, or another kind of file), EXT4001 to EXT4004 (unsound package), EXT4101 to
 * EXT4104 (unsound document), EXT4201 to EXT4203 (no or several documents or .hyper to choose from) or EXT4207 (no or
 * several data sources to choose from).
 */
export async function openTemplate(
  path: string,
  { shape, ...wanted }: Omit<Choice, 'kind'> & { shape?: ExtractShape } = {},
): Promise<Template> {
  const refusal = refusalOfName(path);
  if (refusal !== undefined) throw new RunError('EXT4000', refusal.message, refusal);
  const choice = { ...wanted, kind: kindOfName(path) };
  if (/x$/i.test(path)) return openPackage(path, choice, shape);
  const document = { name: basename(path), bytes: await readDocument(path) };
  return bareTemplate(document, { shown: path, choice, shape });
}

export const kindOfName = (path: string): Choice['kind'] => (/\.twbx?$/i.test(path) ? 'twb' : 'tds');

/** Returns why a file with this name is no template; undefined if it may be one. */
export function refusalOfName(path: string): { message: string; hint: string } | undefined {
  if (/\.(?:tds|twb)x?$/i.test(path)) return undefined;
  return {
    message: `${path} is none of .tdsx, .tds, .twbx and .twb`,
    hint: 'a template is a data source or a workbook saved by Tableau Desktop',
  };
}

/** A template from the bytes of a document; `name` is the name it gets at the root of a package. */
export function templateFromDocument(
  bytes: Buffer,
  shown: string,
  name: string,
  choice: Choice = { kind: 'tds' },
): Template {
  return bareTemplate({ name, bytes }, { shown, choice, shape: undefined });
}

/** The parts that are read of a file, beside its document. */
interface Opening {
  /** The file, or the document inside it. */
  shown: string;
  choice: Choice;
  shape: ExtractShape | undefined;
  /** The file and the names in it, for a package. */
  packed?: { path: string; entries: readonly string[] };
}

function bareTemplate(document: Template['document'], opening: Opening): Template {
  const { shown, choice } = opening;
  const opened = sourceForExtract(document, opening);
  const { hyper, neighbours } = opened;
  const missing = neighbours.find(({ rows }) => rows.entry !== undefined && rows.entry !== hyper.entry);
  if (missing !== undefined || hyper.others.length > 0) {
    const other = missing === undefined ? hyper.others[0] : missing.rows.entry;
    throw new RunError('EXT4202', `${shown} needs other extracts too, and holds no data: "${other ?? ''}"`, {
      hint: 'save it in Tableau Desktop as a package (.twbx, .tdsx), with its extracts',
    });
  }
  return { path: shown, choice, ...opened, package: undefined };
}

/** Parses a document and finds the place for its extract; a live connection gives way to it. */
function sourceForExtract(
  document: Template['document'],
  { shown, choice, shape, packed }: Opening,
): Pick<Template, 'source' | 'document' | 'hyper' | 'neighbours' | 'replaced'> {
  const { path = shown, entries } = packed ?? {};
  const found = parseChosen(document.bytes, shown, choice);
  const finish = (bytes: Buffer, { source, neighbours }: typeof found) => {
    const hyper = findHyper(source, path, { entries, extract: choice.extract });
    const beside = neighbours.map((one) => ({ source: one, rows: findRows(one, path, entries) }));
    const isNew = bytes !== document.bytes;
    refuseTaken(path, { source, hyper, isNew }, beside);
    return { source, document: { name: document.name, bytes }, hyper, neighbours: beside };
  };
  const { source } = found;
  if (shape === undefined || !isLive(source)) return finish(document.bytes, found);
  const { text, range } = source;
  const name = templateName({ source, document });
  const replaced = replaceConnection(text.slice(range.start, range.end), shown, { name, shape });
  const bytes = Buffer.from(text.slice(0, range.start) + replaced.text + text.slice(range.end), 'utf8');
  const rewritten = finish(bytes, parseChosen(bytes, shown, choice));
  return { ...rewritten, replaced: { origin: originOf(source), tables: replaced.tables } };
}

function parseChosen(
  bytes: Buffer,
  shown: string,
  { kind, dataSource }: Choice,
): { source: DataSource; neighbours: readonly DataSource[] } {
  if (kind === 'tds' && dataSource !== undefined)
    throw new RunError('EXT4207', `${shown} is a data source itself: a name chooses one of a workbook`, {
      hint: 'remove datasource: or --datasource',
    });
  if (kind === 'tds') return { source: parseDataSource(bytes, shown), neighbours: [] };
  const all = parseWorkbook(bytes, shown).map((source) => ({ source }));
  const { source } = chooseSource(all, shown, dataSource);
  return { source, neighbours: all.flatMap((one) => (one.source === source ? [] : one.source)) };
}

/** An extract that the package does not hold gets a name of its own, which may be that of another one. */
function refuseTaken(
  path: string,
  { source, hyper, isNew }: Pick<Template, 'source' | 'hyper'> & { isNew: boolean },
  neighbours: readonly Neighbour[],
): void {
  const other = neighbours.find(
    ({ rows, source: one }) => rows.entry === hyper.entry && (isNew || sharedNames(one, hyper).length === 0),
  );
  if (other === undefined) return;
  const names = [source.name, other.source.name].map((name) => `"${name ?? ''}"`).join(' and ');
  throw new RunError('EXT4203', `the extracts of ${names} would both be "${hyper.entry}" in ${path}`, {
    hint: 'save the workbook again from Tableau Desktop, with its extracts',
  });
}

/** The document at the root of a package. */
interface PackedDocument {
  zip: ZipArchive;
  document: ZipEntry;
  bytes: Buffer;
}

async function readPacked(path: string, extension: Choice['kind']): Promise<PackedDocument> {
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
        hint: repackingHint(
          zip.entries.map(({ name }) => name),
          extension,
        ),
      },
    );
  }
  return { zip, document, bytes: await unpackEntry(zip, document, maxDocument) };
}

/** Opens a package like `openTemplate`, whatever the name of its file. */
export async function openPackage(
  path: string,
  choice: Choice = { kind: 'tds' },
  shape?: ExtractShape,
): Promise<Template & { package: Package }> {
  const { zip, document, bytes } = await readPacked(path, choice.kind);
  const entries = zip.entries.map(({ name }) => name);
  const opened = sourceForExtract(
    { name: document.name, bytes },
    { shown: `${path} (${document.name})`, choice, shape, packed: { path, entries } },
  );
  const hyper = zip.entries.find(({ name }) => name === opened.hyper.entry);
  return { path, choice, ...opened, package: { zip, document, hyper } };
}

/** A data source to look at: a template, or one that no extract could be put into. */
export interface ReadSource extends Pick<Template, 'source' | 'document' | 'package'> {
  hyper: RowsSlot;
}

/**
 * Reads data sources of any kind: a .tds or .tdsx with a live connection, too, and those of workbooks, all of them or the
 * one that is named.
 *
 * Throws what `openTemplate` throws, but neither EXT4202 nor EXT4203.
 */
export async function readSources(path: string, name?: string): Promise<ReadSource[]> {
  const [, extension = '', packed] = /\.(tds|twb)(x?)$/i.exec(path) ?? [];
  if (extension === '')
    throw new RunError('EXT4000', `${path} is none of .tdsx, .tds, .twbx and .twb`, {
      hint: 'it should be a data source or a workbook of Tableau',
    });
  const kind = kindOfName(path);
  if (packed === '') {
    const bytes = await readDocument(path);
    const document = { name: basename(path), bytes };
    return parseNamed(bytes, path, { kind, dataSource: name }).map((source) => ({
      source,
      hyper: findRows(source, path, undefined),
      document,
      package: undefined,
    }));
  }
  const { zip, document, bytes } = await readPacked(path, kind);
  const entries = zip.entries.map((entry) => entry.name);
  return parseNamed(bytes, `${path} (${document.name})`, { kind, dataSource: name }).map((source) => {
    const rows = findRows(source, path, entries);
    const hyper =
      rows.flavour === 'database' ? undefined : zip.entries.find((entry) => entry.name === rows.entry);
    return {
      source,
      hyper: rows,
      document: { name: document.name, bytes },
      package: { zip, document, hyper },
    };
  });
}

/** Like `readSources`, where a workbook with several needs a name (EXT4207). */
export async function readSource(path: string, name?: string): Promise<ReadSource> {
  return chooseSource(await readSources(path, name), path, name);
}

function parseNamed(bytes: Buffer, shown: string, choice: Choice): readonly DataSource[] {
  if (choice.kind === 'tds' || choice.dataSource !== undefined)
    return [parseChosen(bytes, shown, choice).source];
  return parseWorkbook(bytes, shown);
}

/** Opens a package that has to have its extract. */
export async function openComplete(
  path: string,
  choice?: Choice,
): Promise<Template & { package: CompletePackage }> {
  const template = await openPackage(path, choice);
  const { hyper } = template.package;
  if (hyper === undefined)
    throw new RunError('EXT4203', `${path} does not hold its extract "${template.hyper.entry}"`);
  return { ...template, package: { ...template.package, hyper } };
}

/** Returns how to repair what other programs make of a package that a user unpacks and packs. */
function repackingHint(names: readonly string[], extension: Choice['kind']): string | undefined {
  const isOfMac = (name: string) => /(?:^|\/)\._|^__MACOSX\//.test(name);
  const isDocument = new RegExp(`^(?:[^/]+/)?[^/]+\\.${extension}$`, 'i');
  const documents = names.filter((name) => isDocument.test(name));
  const inFolder = documents.find((name) => name.includes('/') && !isOfMac(name));
  if (documents.some((name) => name.startsWith('._')))
    return 'files that start with "._" are leftovers of macOS: delete them from the package (zip -d FILE "._*")';
  if (inFolder === undefined) return undefined;
  return `it was packed together with its folder: pack what is in "${inFolder.split('/')[0] ?? ''}", not the folder itself`;
}

/**
 * Tableau names a data source by its file, and one of a workbook by its caption; one of ours says the whole name where a
 * file name could not hold it.
 */
export function templateName({ source, document }: Pick<Template, 'source' | 'document'>): string {
  if (/\.twb$/i.test(document.name)) return source.name ?? basename(document.name);
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
