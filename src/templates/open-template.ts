import { basename } from 'node:path';
import { RunError } from '../model/errors/run-error.ts';
import { readDocument, readPacked } from './document-file.ts';
import type { ExtractShape } from './fit-finding.ts';
import { sourceForExtract, type Opening } from './source-for-extract.ts';
import type { Choice, CompletePackage, Package, Template } from './template.ts';
import { kindOfName, refusalOfName } from './template-file-name.ts';

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

/** Opens a package that must have its extract. */
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

/** A template from the bytes of a document; `name` is the name it gets at the root of a package. */
export function templateFromDocument(
  bytes: Buffer,
  shown: string,
  name: string,
  choice: Choice = { kind: 'tds' },
): Template {
  return bareTemplate({ name, bytes }, { shown, choice, shape: undefined });
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
