import { foreign } from '../../model/errors/secrets.ts';
import { CsvError } from '../csv/index.ts';

const sentences = {
  array: ['the line is an array, not an object', "write one object in each line: jq -c '.[]' does it"],
  'no object': ['the line is no JSON object', 'each line is one object, such as {"id": 1}; correct the file'],
  more: ['something follows the object in its line', 'write one object in each line: jq -c . does it'],
  key: ['a key in double quotes is missing', 'correct the file'],
  colon: ['the colon after a key is missing', 'correct the file'],
  object: ['a comma or the end of the object is missing', 'correct the file'],
  'array end': ['a comma or the end of the array is missing', 'correct the file'],
  deep: ['values are nested more than 500 deep', 'write them in fewer levels'],
  'open text': [
    'a text is not closed in its line',
    'close the quote, or get the file again if it was cut off',
  ],
  control: ['there is a control character in a text', 'JSON writes it as an escape, such as \\t or \\u0001'],
  escape: ['the escape means nothing in JSON', 'a backslash is written \\\\'],
  number: [
    'this is no number of JSON',
    'numbers have no leading zeros or plus, and a digit on each side of the point; put other text into quotes',
  ],
  value: [
    'this is no value of JSON',
    'NaN, None and words without quotes are no JSON: write null, true, false, a number or "a text"',
  ],
  twice: ['a key comes twice in the record', 'only one of the values can be meant: correct the file'],
} as const;

const cutHint = 'write one object in each line: jq -c . does it; if the file is cut off, copy it again';

/** A way in which a line can be wrong. */
export type JsonFault = keyof typeof sentences;

/** A line breaks the grammar of JSON, or the rules for its records. */
export class JsonProblem extends Error {
  override name = 'JsonProblem';
  /** The place in the bytes that were scanned. */
  readonly at: number;
  readonly near: string;
  readonly key: string | undefined;
  readonly hint: string;

  constructor(
    what: JsonFault,
    { at, near, isEnd, key }: { at: number; near: string; isEnd: boolean; key: string | undefined },
  ) {
    const [sentence, hint] = sentences[what];
    const isCut = isEnd && what !== 'twice';
    super(isCut ? `the line ends too early: ${sentence}` : sentence);
    this.at = at;
    this.near = near;
    this.key = key;
    this.hint = isCut ? cutHint : hint;
  }
}

/** A line that is no JSON record, with its place and the text found there. */
export class JsonLineError extends CsvError {
  override name = 'JsonLineError';
  readonly #problem: JsonProblem;

  constructor(problem: JsonProblem, { bytes, start, line }: { bytes: Buffer; start: number; line: number }) {
    const { near, key, hint, at } = problem;
    const found = key ?? near;
    const shown = found === '' ? '' : `: ${JSON.stringify(foreign(found))}`;
    super(`${problem.message}${shown}`, line, hint, Array.from(bytes.toString('utf8', start, at)).length + 1);
    this.#problem = problem;
  }

  /** Returns the error without text of the file, unless `isShown`. */
  without(isShown: boolean): CsvError {
    if (isShown) return this;
    const { message, hint } = this.#problem;
    return new CsvError(message, this.line, hint, this.character);
  }
}
