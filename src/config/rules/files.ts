import { extname } from 'node:path';
import { child } from '../../model/errors/diagnostic.ts';
import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import {
  formatTypeOf,
  isFilesSource,
  optionsOf,
  pathsKey,
  pathsOf,
  quoteOf,
  type FilesSource,
  type FormatType,
} from '../values/file-format.ts';
import { isSet } from '../drafts/defaults.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { problem } from '../problem.ts';
import type { Rule } from './rule.ts';

export const knownFormat: Rule = function* ({ sources }) {
  for (const [name, { settings, place }] of sources) {
    if (!isFilesSource(settings) || formatTypeOf(settings) !== undefined) continue;
    if (pathsOf(settings).length === 0 || pathsOf(settings).some(isPlaceholder)) continue;
    const extensions = [...new Set(pathsOf(settings).map((path) => extname(path) || 'no extension'))];
    const message = `cannot infer the format of "${name}" from its path (${extensions.join(', ')})`;
    const hint = { hint: formatHint(settings, extensions) };
    yield problem(codes.unknownFormat, message, child(place, pathsKey(settings)), hint);
  }
};

function formatHint({ format }: FilesSource, extensions: readonly string[]): string {
  const options = typeof format === 'object' && format !== null ? format : undefined;
  const [only = '', ...others] = extensions;
  if (others.length === 0 && /^\.(?:tsv|tab)/i.test(only)) {
    if (options === undefined) return 'add format: {type: csv, delimiter: "\\t"}';
    return `add type: csv${isSet(options.delimiter) ? '' : ' and delimiter: "\\t"'} to its format`;
  }
  if (extensions.some((extension) => /^\.(?:xls|xlsb|ods)$/i.test(extension)))
    return 'of workbooks extracts reads .xlsx: save the files as that';
  if (extensions.some((extension) => /^\.json$/i.test(extension)))
    return 'if each line of the files is one JSON object, write format: jsonl';
  if (extensions.some((extension) => /^\.(?:xml|avro|orc)$/i.test(extension)))
    return 'extracts reads CSV and other delimited text, JSON lines, and Parquet: convert the files first';
  const types = others.length === 0 && /^\.csv/i.test(only) ? 'csv' : 'csv, text, jsonl, parquet or xlsx';
  return options === undefined ? `add format: ${types}` : `add type: ${types} to its format`;
}

/** Options that the source itself writes; a default that does not apply is passed over. */
export const formatOptions: Rule = function* ({ sources }) {
  for (const { own, settings, place } of sources.values()) {
    if (!isFilesSource(own) || !isFilesSource(settings)) continue;
    const type = formatTypeOf(settings);
    if (type === undefined) continue;
    const options = optionsOf(own);
    const { label, foreign } = others[type];
    for (const option of foreign.filter((key) => (options[key] ?? undefined) !== undefined)) {
      const message = `"${option}" does not apply to ${label}`;
      yield problem(codes.formatOption, message, { ...child(place, 'format', option), part: 'key' });
    }
    if (type === 'text' && options.header === true) {
      const message = 'fields of the text format are matched by position: a header can only be skipped';
      const hint = { hint: 'write header: skip if there is one' };
      yield problem(codes.formatOption, message, child(place, 'format', 'header'), hint);
    }
  }
};

/** Reports options of quotes without a quote character: nothing is escaped then, and no quote is stray. */
export const quoteOptions: Rule = function* ({ sources }) {
  for (const { own, settings, place } of sources.values()) {
    if (!isFilesSource(own) || !isFilesSource(settings)) continue;
    if (formatTypeOf(settings) !== 'csv' || quoteOf(optionsOf(settings)) !== undefined) continue;
    for (const key of ['escape', 'stray_quotes'] as const) {
      if ((optionsOf(own)[key] ?? undefined) === undefined) continue;
      const message = `"${key}" does not apply with quote: none`;
      yield problem(codes.formatOption, message, { ...child(place, 'format', key), part: 'key' });
    }
  }
};

type FormatOption = keyof Written.FormatOptions;

const quoting: readonly FormatOption[] = ['quote', 'escape', 'stray_quotes'];
const lines: readonly FormatOption[] = ['delimiter', ...quoting, 'header', 'skip_lines', 'comment'];
const values: readonly FormatOption[] = ['null', 'date_order', 'decimal', 'thousands'];
const sheets: readonly FormatOption[] = ['sheet', 'empty_rows', 'merged_cells'];
const packing: readonly FormatOption[] = ['encoding', 'compression', 'entries'];

/** Options that mean nothing in a format. */
const others: Record<FormatType, { label: string; foreign: readonly FormatOption[] }> = {
  csv: { label: 'CSV', foreign: sheets },
  text: { label: 'the text format', foreign: [...quoting, ...sheets] },
  jsonl: { label: 'JSON lines', foreign: [...lines, ...sheets] },
  parquet: { label: 'Parquet', foreign: [...lines, ...values, ...packing, ...sheets, 'max_unpacked'] },
  xlsx: {
    label: 'Excel workbooks',
    foreign: ['delimiter', ...quoting, 'comment', ...packing],
  },
};

function characterHint(key: string, text: string): { hint?: string } {
  if (/^(?:\\t|\\\\t|tab)$/i.test(text)) return { hint: `write ${key}: "\\t" in double quotes for a tab` };
  if (key === 'quote' && text === '') return { hint: 'write quote: none if quotes mean nothing in the file' };
  if (text === '') return { hint: `omit ${key}` };
  return {};
}

export const oneCharacter: Rule = function* ({ sources }) {
  for (const { settings, place } of sources.values()) {
    if (!isFilesSource(settings)) continue;
    const options = optionsOf(settings);
    for (const key of ['delimiter', 'quote', 'escape', 'comment'] as const) {
      const text = options[key] ?? undefined;
      if (text === undefined || isPlaceholder(text) || isOneCharacter(text)) continue;
      if (key === 'quote' && text === 'none') continue;
      const message = `"${key}" must be one ASCII character, not ${JSON.stringify(text)}`;
      yield problem(codes.oneCharacter, message, optionPlace(place, key), characterHint(key, text));
    }
    yield* commentApart(settings, place);
    const { delimiter, quote, escape } = charactersOf(settings);
    if (delimiter === quote || delimiter === escape) {
      const message = `delimiter and ${delimiter === quote ? 'quote' : 'escape'} must be different characters`;
      yield problem(codes.oneCharacter, message, optionPlace(place, 'delimiter'));
    }
    // PostgreSQL's own rule: in this format a backslash gives such a character another meaning.
    if (formatTypeOf(settings) === 'text' && /^[\\.a-z0-9]$/.test(delimiter)) {
      const message = `the delimiter of the text format cannot be ${JSON.stringify(delimiter)}`;
      const hint = { hint: 'no backslash, dot, small letter or digit' };
      yield problem(codes.oneCharacter, message, optionPlace(place, 'delimiter'), hint);
    }
  }
};

/** Reports a comment character that could begin a field. */
function* commentApart(settings: FilesSource, place: Place): Iterable<Diagnostic> {
  const { comment } = optionsOf(settings);
  if (comment === undefined || comment === null) return;
  const isText = formatTypeOf(settings) === 'text';
  const { delimiter, quote = '', escape = isText ? '\\' : '' } = charactersOf(settings);
  const taken = Object.entries({ delimiter, quote, escape }).find(([, character]) => character === comment);
  if (taken === undefined) return;
  const message = `comment and ${isText && taken[0] === 'escape' ? 'the backslash of the text format' : taken[0]} must be different characters`;
  yield problem(codes.oneCharacter, message, optionPlace(place, 'comment'));
}

/** Patterns only add files; some tools read such a pattern as leaving files out. */
export const addingPatterns: Rule = function* ({ sources }) {
  for (const { settings, place } of sources.values()) {
    if (!isFilesSource(settings)) continue;
    const key = pathsKey(settings);
    yield* negated(settings[key as keyof typeof settings], key, place);
    yield* negated(settings.exclude, 'exclude', place);
  }
};

/** `!(a|b)` is a part of a pattern. */
function* negated(patterns: unknown, key: string, place: Place): Iterable<Diagnostic> {
  const list = [patterns ?? []].flat().filter((pattern) => typeof pattern === 'string');
  for (const [index, pattern] of list.entries()) {
    if (!/^!(?!\()/.test(pattern)) continue;
    const rest = JSON.stringify(pattern.slice(1));
    const at = Array.isArray(patterns) ? child(place, key, index) : child(place, key);
    const message = `"${pattern}" begins with "!", which leaves out no files here`;
    const hint =
      key === 'exclude'
        ? `exclude leaves files out already: write ${rest}; a name that begins with ! is written "\\\\${pattern}"`
        : `write exclude: ${rest}; a name that begins with ! is written "\\\\${pattern}"`;
    yield problem(codes.negatedPattern, message, at, { hint });
  }
}

export const numberSigns: Rule = function* ({ sources }) {
  for (const { settings, place } of sources.values()) {
    if (!isFilesSource(settings)) continue;
    const { decimal, thousands } = optionsOf(settings);
    if ((thousands ?? undefined) === undefined || thousands !== (decimal ?? '.')) continue;
    const message = `"thousands" and the decimal sign are both ${JSON.stringify(thousands)}`;
    yield problem(codes.oneCharacter, message, optionPlace(place, 'thousands'), {
      hint:
        thousands === '.'
          ? 'set decimal: ",", too, or thousands: null if groups of digits are not separated'
          : 'set decimal: ".", or thousands: null if groups of digits are not separated',
    });
  }
};

/** Reports null strings that no field can equal: they have no effect, so something else was intended. */
export const nullStrings: Rule = function* ({ sources }) {
  for (const { settings, place } of sources.values()) {
    if (!isFilesSource(settings) || ['jsonl', 'xlsx'].includes(formatTypeOf(settings) ?? '')) continue;
    const { delimiter, quote } = charactersOf(settings);
    for (const text of [optionsOf(settings).null ?? []].flat()) {
      if (isPlaceholder(text)) continue;
      const found = [delimiter, ...(quote === undefined ? [] : [quote]), '\n', '\r'].find((one) =>
        text.includes(one),
      );
      if (found === undefined) continue;
      const message = `no field is ever ${JSON.stringify(text)}: there is ${JSON.stringify(found)} in it`;
      yield problem(codes.nullString, message, optionPlace(place, 'null'), {
        hint: 'a null string holds no delimiter, quote or line break',
      });
    }
  }
};

/** Text has a delimiter only. */
function charactersOf(settings: FilesSource): { delimiter: string; quote?: string; escape?: string } {
  const options = optionsOf(settings);
  if (formatTypeOf(settings) === 'text') return { delimiter: options.delimiter ?? '\t' };
  const quote = quoteOf(options);
  if (quote === undefined) return { delimiter: options.delimiter ?? ',' };
  return { delimiter: options.delimiter ?? ',', quote, escape: options.escape ?? quote };
}

function isOneCharacter(text: string): boolean {
  return text.length === 1 && text.charCodeAt(0) < 128 && !['\0', '\r', '\n'].includes(text);
}

export const knownEncoding: Rule = function* ({ sources }) {
  for (const { settings, place } of sources.values()) {
    if (!isFilesSource(settings)) continue;
    const label = optionsOf(settings).encoding ?? undefined;
    if (label === undefined || isPlaceholder(label) || isEncoding(label)) continue;
    const hint = { hint: 'for example utf-8, utf-16le, windows-1252, iso-8859-15, shift_jis' };
    yield problem(codes.encoding, `"${label}" is no known encoding`, optionPlace(place, 'encoding'), hint);
  }
};

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

function optionPlace(place: Place, option: string): Place {
  return child(place, 'format', option);
}
