import type { FoundColumn } from '../found.ts';
import { chooseNulls } from './choose-nulls.ts';
import type { FilesGuess } from './files-guess.ts';
import { formatOf, type FoundFormat } from './format.ts';
import { columnNames, someNames } from './names.ts';
import { chooseDates, chooseSigns, type NamedGuess } from './styles.ts';
import { chooseType, isTyped, type ChosenType } from './choose-type.ts';

/** How files of text are read, and their columns. */
export interface TextFound {
  format: FoundFormat;
  columns: FoundColumn[];
  /** The number of rows; undefined if not all of them were read. */
  rows: number | undefined;
  /** A character that may separate the fields of what is read as one column. */
  otherDelimiter: string | undefined;
  /** Columns that some of the files lack: a sentence each. */
  lacking: string[];
}

/** Decides, from the values of all files, how they are read. */
export function concludeText(
  files: FilesGuess,
  { compression }: { compression: 'gzip' | 'none' | undefined },
): TextFound {
  const { union, hasHeader, isSampled } = files;
  const named = union.columns.map(({ name, guess }, index): NamedGuess => ({
    name: hasHeader ? name : `column_${index + 1}`,
    guess,
  }));
  const signs = chooseSigns(named, files.notation);
  const dates = chooseDates(named, signs);
  const nulls = chooseNulls(named, (column) => isTyped(column, { signs, dates }));
  const choice = { signs, dates, blocked: nulls.blocked, isSampled };
  const types = named.map((column) => chooseType(column, choice));
  const format = formatOf({
    notation: files.notation,
    beginning: files.beginning,
    encoding: files.encoding,
    header: !hasHeader ? false : union.isByPlace ? 'skip' : true,
    nulls: nulls.texts,
    otherDelimiter: files.otherDelimiter,
    hasEmptyFiles: files.empty.length > 0,
    compression,
    signs,
    dates,
    columns: named,
    isText: (column) => types[named.indexOf(column)]?.settings.type === 'text',
  });
  const columns = foundColumns(files, types);
  return {
    format,
    columns: columns.map(({ column }) => column),
    otherDelimiter: files.otherDelimiter,
    rows: isSampled ? undefined : files.records,
    lacking: columns.flatMap(({ lacking }) => lacking ?? []),
  };
}

function foundColumns(
  { union, hasHeader, files }: FilesGuess,
  types: readonly ChosenType[],
): { column: FoundColumn; lacking?: string }[] {
  const headers = union.columns.map(({ name }) => (hasHeader ? name : ''));
  const names = columnNames(headers);
  return union.columns.map((united, index) => {
    const name = names[index] ?? united.name;
    const { settings = { type: 'text' }, comment } = types[index] ?? {};
    const isLacking = !union.isByPlace && united.files < files.length;
    const without = isLacking
      ? files.filter((file) => !file.names.includes(united.name)).map(({ shown }) => shown)
      : [];
    const lacking = isLacking ? `not in ${someNames(without)}` : undefined;
    const remark = [comment, lacking].filter((part) => part !== undefined).join('; ');
    const column: FoundColumn = {
      name,
      settings: {
        ...settings,
        ...(!union.isByPlace && name !== united.name && { from: united.name }),
        ...(isLacking && { optional: true }),
      },
      ...(remark !== '' && { comment: remark }),
    };
    return { column, ...(lacking !== undefined && { lacking: `${name} is ${lacking}` }) };
  });
}
