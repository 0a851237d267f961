import { basename } from 'node:path';
import { RunError } from '../model/errors/run-error.ts';
import { parseChosen } from './chosen-source.ts';
import { readDocument, readPacked } from './document-file.ts';
import { findRows } from './slot.ts';
import type { RowsSlot } from './slot.ts';
import type { DataSource } from './tds/model.ts';
import { chooseSource, parseWorkbook } from './tds/workbook.ts';
import type { Choice, Template } from './template.ts';
import { kindOfName, refusalOfName } from './template-file-name.ts';

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
  const refusal = refusalOfName(path);
  if (refusal !== undefined)
    throw new RunError('EXT4000', refusal.message, {
      hint: 'it should be a data source or a workbook of Tableau',
    });
  const kind = kindOfName(path);
  if (!/x$/i.test(path)) {
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
