import { readFileSync } from 'node:fs';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import { quotedVisible } from '../../model/base/visible.ts';
import { codes } from '../codes.ts';
import { loadYaml } from '../read/parse.ts';
import type { LoadedFile } from '../read/loaded-file.ts';
import type { RefusePath } from '../../model/config/readable-paths.ts';
import { problem } from '../problem.ts';
import { notReadable, realPathOf } from '../read/readable.ts';
import { CsvProblem, readCsv } from './csv.ts';
import type { Listed } from './item.ts';

export interface ItemsFile {
  listed: readonly Listed[];
  problems: readonly Diagnostic[];
  /** The file, to locate its places. */
  loaded?: LoadedFile;
}

/** The items of a CSV or JSON file. `from` is the file that names it: as the user writes that, and where it is. */
export function readItemsFile(
  written: string,
  from: Pick<LoadedFile, 'file' | 'absolute'>,
  place: Place,
  refusePath: RefusePath,
): ItemsFile {
  const absolute = resolve(dirname(from.absolute), written);
  const file = isAbsolute(written) ? written : join(dirname(from.file), written);
  const refuse = (message: string, at: Place = place, hint?: string): ItemsFile => ({
    listed: [],
    problems: [problem(codes.eachFile, message, at, hint === undefined ? {} : { hint })],
  });
  const kind = extname(written).toLowerCase();
  if (kind !== '.csv' && kind !== '.json') {
    return refuse(
      `"${written}" is neither .csv nor .json`,
      place,
      'the extension says what a file of items is',
    );
  }
  const reason = refusePath(realPathOf(absolute));
  if (reason !== undefined) return { listed: [], problems: [notReadable(file, reason, place)] };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(absolute));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isText = code !== 'ERR_ENCODING_INVALID_ENCODED_DATA';
    return refuse(isText ? `cannot read ${file} (${code ?? 'unreadable'})` : `${file} is not UTF-8`);
  }
  if (kind === '.csv') return { ...fromCsv(text, file), loaded: plainText(file, absolute, text) };
  const loaded = loadYaml(file, absolute, text);
  return { ...fromJson(loaded), loaded };
}

function plainText(file: string, absolute: string, text: string): LoadedFile {
  return { file, absolute, text, value: undefined, diagnostics: [] };
}

function fromCsv(text: string, file: string): Omit<ItemsFile, 'loaded'> {
  const at = (line: number): Place => ({ file, pointer: '', span: { line, column: 1, length: 1 } });
  try {
    const [header, ...records] = readCsv(text);
    const names = header?.fields ?? [];
    const wrong = headerProblem(names, at(header?.line ?? 1));
    if (wrong !== undefined) return { listed: [], problems: [wrong] };
    const uneven = records.filter(({ fields }) => fields.length !== names.length);
    const problems = uneven.map(({ fields, line }) =>
      problem(codes.eachFile, `${fields.length} fields, where the header names ${names.length}`, at(line)),
    );
    const keyAt = names.indexOf('key');
    const listed = records
      .filter(({ fields }) => fields.length === names.length)
      .map(({ fields, line }) => ({
        key: fields[keyAt],
        values: names.map((name, index) => [name, fields[index] ?? ''] as const),
        place: at(line),
        label: `line ${line}`,
      }));
    return { listed, problems };
  } catch (error) {
    if (!(error instanceof CsvProblem)) throw error;
    return { listed: [], problems: [problem(codes.eachFile, error.message, at(error.line))] };
  }
}

function headerProblem(names: readonly string[], place: Place): Diagnostic | undefined {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    return problem(codes.eachFile, `the header names ${quotedVisible(twice)} twice`, place);
  if (names.includes('key')) return undefined;
  const hint = { hint: 'the first line names the columns; one of them is called key' };
  return problem(codes.eachKey, 'there is no column "key"', place, hint);
}

function fromJson(loaded: LoadedFile): Omit<ItemsFile, 'loaded'> {
  const { file, value, diagnostics } = loaded;
  const problems: Diagnostic[] = diagnostics.map((one) => ({ ...one, code: codes.eachFile }));
  const root: Place = { file, pointer: '' };
  const refuse = (message: string, place = root) => problem(codes.eachFile, message, place);
  if (value === undefined || problems.length > 0) return { listed: [], problems };
  if (typeof value !== 'object' || value === null) {
    return { listed: [], problems: [refuse('the file holds neither a list nor an object')] };
  }
  const isList = Array.isArray(value);
  const listed = Object.entries(value).flatMap(([name, inside]: [string, unknown], index): Listed[] => {
    const place = child(root, name);
    if (isList && typeof inside === 'string') {
      return [{ key: inside, values: [], place, label: `item ${index + 1}` }];
    }
    if (typeof inside !== 'object' || inside === null || Array.isArray(inside)) {
      problems.push(refuse(`${isList ? `item ${index + 1}` : quotedVisible(name)} is no object`, place));
      return [];
    }
    const values = Object.entries(inside) as [string, unknown][];
    if (!isList) return [{ key: name, values, place, label: quotedVisible(name) }];
    return [{ key: (inside as { key?: unknown }).key, values, place, label: `item ${index + 1}` }];
  });
  return { listed, problems };
}
