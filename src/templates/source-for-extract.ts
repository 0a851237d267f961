import { RunError } from '../model/errors/run-error.ts';
import { parseChosen } from './chosen-source.ts';
import { originOf } from './extract-origin.ts';
import type { ExtractShape } from './fit-finding.ts';
import { replaceConnection } from './live/replace-connection.ts';
import { findHyper, findRows, isLive, sharedNames } from './slot.ts';
import { templateName } from './template.ts';
import type { Choice, Neighbour, Template } from './template.ts';

/** The parts that are read of a file, beside its document. */
export interface Opening {
  /** The file, or the document inside it. */
  shown: string;
  choice: Choice;
  shape: ExtractShape | undefined;
  /** The file and the names in it, for a package. */
  packed?: { path: string; entries: readonly string[] };
}

/** Parses a document and finds the place for its extract; a live connection gives way to it. */
export function sourceForExtract(
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
