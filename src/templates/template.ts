import { basename } from 'node:path';
import type { Replacement } from './live/replacement.ts';
import { fileName } from './slot.ts';
import type { HyperSlot, RowsSlot } from './slot.ts';
import type { DataSource } from './tds/model.ts';
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
