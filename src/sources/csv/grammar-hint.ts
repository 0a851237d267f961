export type GrammarProblem =
  | 'a quote inside an unquoted field'
  | 'text after a closing quote'
  | 'a carriage return outside quotes'
  | 'a line feed where lines end with a carriage return'
  | 'a carriage return without a line feed'
  | 'a backslash at the end of the file'
  | 'an escape for the character 0'
  | 'an escape without its digits'
  | 'an end mark inside a line'
  | 'escapes for bytes that are not UTF-8';

/** The facts about a field that does not follow the grammar. */
export interface GrammarFacts {
  followsBackslash: boolean;
  hasQuotes: boolean;
  /** The escape of the format is a backslash. */
  hasBackslash?: boolean;
  delimiter?: string;
  /** The number of lines that `skip_lines` passes over, if the record begins right behind them. */
  skipped?: number | undefined;
}

/** The characters that separate fields in most files. */
export const usualDelimiters = [';', ',', '\t', '|'];

/** Returns the remedy for another delimiter, as YAML. */
export function delimiterYaml(delimiter: string): string {
  return `set format: {delimiter: ${JSON.stringify(delimiter)}}`;
}

const doubleHint =
  'double the quotes inside a quoted field; or, if quotes mean nothing in this file, set format: {quote: none}';

function closedHint(near: string, { followsBackslash, hasBackslash, delimiter }: GrammarFacts): string {
  const after = near.at(-1) ?? '';
  if (followsBackslash) {
    return hasBackslash === true
      ? 'a backslash before this quote is itself escaped: correct the file; or, if backslashes mean nothing in it and quotes are doubled, remove escape from the format'
      : 'if a backslash precedes quotes inside quoted fields, set format: {escape: "\\\\"}';
  }
  if (delimiter !== undefined && after !== delimiter && usualDelimiters.includes(after)) {
    return `if ${JSON.stringify(after)} separates the fields, ${delimiterYaml(after)}; if not, ${doubleHint}`;
  }
  return /^\s$/.test(after)
    ? `remove the blanks after the quote: a quoted field ends with it; if the quote is part of the value, ${doubleHint}`
    : doubleHint;
}

const strayHint =
  'enclose the field in quotes and double the quotes inside it; or, if quotes mean nothing in this file, ' +
  'set format: {quote: none}; format: {stray_quotes: keep} takes just such quotes as they are written';

/** Returns the remedy where the lines that are skipped may end inside a quoted field. */
export function skippedHint(skipped: number): string {
  const line = skipped + 1;
  return `skip_lines counts lines, also those inside quotes: if line ${line} belongs to what is skipped, set format: {skip_lines: ${line}}`;
}

/** Returns the remedy. `near` is the field up to the wrong character. */
export function grammarHint(problem: GrammarProblem, facts: { near: string } & GrammarFacts): string {
  const { near, hasQuotes, skipped } = facts;
  const isOfQuote =
    problem === 'a quote inside an unquoted field' || problem === 'text after a closing quote';
  if (skipped !== undefined && isOfQuote) {
    return `${skippedHint(skipped)}; if not, ${grammarHint(problem, { ...facts, skipped: undefined })}`;
  }
  switch (problem) {
    case 'a quote inside an unquoted field':
      return near.length > 1 && near.slice(0, -1).trim() === ''
        ? `remove the blanks before the quote: a quoted field begins with it; if the quote is part of the value, ${strayHint}`
        : strayHint;
    case 'text after a closing quote':
      return closedHint(near, facts);
    case 'a carriage return without a line feed':
      return 'write a carriage return inside a value as \\r, and give all lines the same line break (LF or CR LF)';
    case 'a backslash at the end of the file':
      return 'the file may be cut off; a backslash inside a value is written as two';
    case 'an escape for the character 0':
      return 'no text holds this character: correct the file; a backslash inside a value is written as two';
    case 'an escape without its digits':
    case 'an end mark inside a line':
      return 'a backslash inside a value is written as two';
    case 'escapes for bytes that are not UTF-8':
      return 'write the characters themselves, or escapes for their bytes in UTF-8; a backslash inside a value is written as two';
    default:
      if (!hasQuotes) {
        return 'give all lines of the file the same line break (LF or CR LF): without quotes no value can hold one (format: {quote: none})';
      }
      return 'give all lines of the file the same line break (LF or CR LF), or enclose the field in quotes';
  }
}
