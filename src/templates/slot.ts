import { RunError } from '../model/errors/run-error.ts';
import type { DataSource, Relation } from './tds/model.ts';
import type { XmlAttribute } from './tds/xml.ts';
import { unsafeName } from '../disk/zip-entry-names.ts';

/** The place where a data source expects its rows. */
export interface RowsSlot {
  /**
   * `live`: the .hyper is the data source's own connection. `extract`: it is a copy of something else (a database, an
   * Excel file), whose connection stays in the .tds. `database`: there is no .hyper.
   */
  flavour: 'live' | 'extract' | 'database';
  /** The name of the .hyper in the package. */
  entry: string | undefined;
  /** Relations that are looked up there: tables, and things made of tables. */
  relations: readonly Relation[];
}

/** The place where a data source expects its .hyper. */
export interface HyperSlot extends RowsSlot {
  flavour: 'live' | 'extract';
  /** The attributes that name the file, as written. */
  dbnames: readonly XmlAttribute[];
  entry: string;
  /** Other .hyper files that the data source reads: they were not chosen, and stay as they are. */
  others: readonly string[];
}

/** Finds where a data source reads its rows, even if no extract could be put there. */
export function findRows(
  source: DataSource,
  shown: string,
  entries: readonly string[] | undefined,
): RowsSlot {
  const hyper = lookForHyper(source, shown, { entries, extract: undefined });
  if (!(hyper instanceof RunError)) return hyper;
  const { extract, connection } = source;
  const first = connection.named.find((named) => named.class === 'hyper')?.dbname;
  if (extract !== undefined) {
    const { dbname, relations } = extract;
    return { flavour: 'extract', entry: dbname && normalized(dbname.value), relations };
  }
  const { relations } = connection;
  return first === undefined
    ? { flavour: 'database', entry: undefined, relations }
    : { flavour: 'live', entry: normalized(first.value), relations };
}

/** The files among which a .hyper is looked for. */
export interface Among {
  /** The names in the package; undefined without one. */
  entries: readonly string[] | undefined;
  /** The extract to take where there are several: its name in the package, or the last part of that. */
  extract: string | undefined;
}

/**
 * Finds the .hyper of a data source among the entries of its package: at most one may match, unless one is chosen. Without
 * a package, or in one that was saved without its extract, it is the name that the .tds gives, or `Data/Extracts/…` where
 * that name is a local path on the author's disk.
 *
 * Throws RunError EXT4202 (no .hyper is used) or EXT4203 (several match, none is the chosen one, or one in other letter
 * case; the message lists them).
 */
export function findHyper(source: DataSource, shown: string, among: Among): HyperSlot {
  const found = lookForHyper(source, shown, among);
  if (found instanceof RunError) throw found;
  return found;
}

function lookForHyper(
  source: DataSource,
  shown: string,
  { entries, extract: wanted }: Among,
): HyperSlot | RunError {
  const { extract } = source;
  if (extract !== undefined && extract.class !== 'hyper') {
    return new RunError('EXT4202', `${shown} holds an extract of class "${extract.class}", not a .hyper`, {
      hint: 'open it in a current Tableau Desktop, which upgrades the extract, and save it again',
    });
  }
  const flavour = extract === undefined ? 'live' : 'extract';
  const connections = source.connection.named.filter((named) => named.class === 'hyper');
  const attributes = extract === undefined ? connections.map(({ dbname }) => dbname) : [extract.dbname];
  const dbnames = attributes.filter((dbname) => dbname !== undefined);
  if (dbnames.length === 0 && source.hasDisabledExtract) {
    return new RunError('EXT4202', `the extract of ${shown} is switched off`, {
      hint: 'in Tableau Desktop: Data > (data source) > Use Extract, and save it again',
    });
  }
  if (dbnames.length === 0) return withoutHyper(source, shown);
  const names = [...new Set(dbnames.map(({ value }) => normalized(value)))];
  const found = names.filter((name) => entries?.includes(name));
  const candidates = found.length === 0 ? names : found;
  const matches =
    wanted === undefined
      ? candidates
      : candidates.filter((name) => name === wanted || name.split('/').at(-1) === wanted);
  const [match, second] = matches;
  if (match === undefined || second !== undefined) return unclear(shown, candidates, wanted);

  const matching = dbnames.filter(({ value }) => normalized(value) === match);
  const matchingConnections = connections.filter(
    ({ dbname }) => dbname !== undefined && normalized(dbname.value) === match,
  );
  const ownNames = new Set<string | undefined>(matchingConnections.map(({ name }) => name));
  const relations =
    extract?.relations ??
    source.connection.relations.filter(
      (relation) =>
        relation.kind === 'join' || relation.connection === undefined || ownNames.has(relation.connection),
    );
  const entry = found.length === 0 ? packagedName(match, source.name) : match;
  const others = names.filter((name) => name !== match && (entries === undefined || entries.includes(name)));
  return otherCase(shown, entry, entries ?? []) ?? { flavour, dbnames: matching, entry, others, relations };
}

/** Returns the attributes by which another data source of the workbook names the same file. */
export function sharedNames({ extract, connection }: DataSource, { dbnames }: HyperSlot): XmlAttribute[] {
  const names = new Set(dbnames.map(({ value }) => normalized(value)));
  const all = [
    extract?.dbname,
    ...connection.named.map((one) => (one.class === 'hyper' ? one.dbname : undefined)),
  ];
  return all.filter((one) => one !== undefined).filter(({ value }) => names.has(normalized(value)));
}

/** Returns true for a data source that reads tables of a database, which an extract can replace. */
export function isLive(source: DataSource): boolean {
  const { extract, hasDisabledExtract, connection } = source;
  const hasHyper = connection.named.some((named) => named.class === 'hyper');
  return (
    extract === undefined &&
    !hasDisabledExtract &&
    !hasHyper &&
    !readsPublished(source) &&
    connection.relations.length > 0
  );
}

function readsPublished({ connection }: DataSource): boolean {
  return [connection, ...connection.named].some((one) => one.class === 'sqlproxy');
}

/** Refuses entries that differ in case only: on a case-insensitive disk they are one file. */
function otherCase(shown: string, entry: string, entries: readonly string[]): RunError | undefined {
  const other = entries.find((name) => name !== entry && name.toLowerCase() === entry.toLowerCase());
  if (other === undefined) return undefined;
  return new RunError('EXT4203', `${shown} names "${entry}", which the package spells "${other}"`, {
    hint: 'save it again from Tableau Desktop as a packaged data source, with its extract',
  });
}

/** Returns the name of the entry that a .tds refers to; packages of Windows may have backslashes in it. */
export function normalized(dbname: string): string {
  return dbname.replaceAll('\\', '/').replace(/^\/+/, '');
}

/** Returns the name inside a package; a .tds that was saved alone has a path on its author's disk instead. */
function packagedName(dbname: string, sourceName: string | undefined): string {
  if (unsafeName(dbname) === undefined && /^Data\/.+\.hyper$/i.test(dbname)) return dbname;
  const file = dbname.split('/').at(-1) ?? '';
  const stem = file.replace(/\.[^.]*$/, '') || (sourceName ?? 'extract');
  return `Data/Extracts/${fileName(stem)}.hyper`;
}

/** Returns a name that every file system accepts: characters that one of them refuses become `_`. */
export function fileName(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are among what is replaced
  const safe = text.replaceAll(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, '_').replace(/^[. ]+|[. ]+$/g, '');
  return safe === '' ? '_' : safe;
}

function withoutHyper(source: DataSource, shown: string): RunError {
  const { connection, name, isOfWorkbook } = source;
  if (readsPublished(source)) {
    const what = isOfWorkbook ? `the data source "${name ?? ''}" of ${shown}` : shown;
    return new RunError('EXT4202', `${what} reads from a data source published on Tableau Server or Cloud`, {
      hint: isOfWorkbook
        ? 'publish the extract as that data source: the workbook shows its rows'
        : 'download that data source from the server and use it as the template',
    });
  }
  const kinds = [...new Set(connection.named.map((named) => named.class))].join(', ');
  const instead = kinds === '' ? '' : `: it is a live connection to ${kinds}`;
  return new RunError('EXT4202', `${shown} does not read from a .hyper file${instead}`, {
    hint: 'make an extract in Tableau Desktop and save the data source as .tdsx, or have one generated',
  });
}

function unclear(shown: string, candidates: readonly string[], wanted: string | undefined): RunError {
  const list = candidates.map((name) => `"${name}"`).join(', ');
  const hint = 'extract: NAME under template chooses the one to replace; the others stay as they are';
  if (wanted === undefined)
    return new RunError('EXT4203', `${shown} uses several .hyper files: ${list}`, { hint });
  return new RunError('EXT4203', `${shown} does not use exactly one extract "${wanted}", but ${list}`, {
    hint: 'extract: takes the name of one of them in the package',
  });
}
