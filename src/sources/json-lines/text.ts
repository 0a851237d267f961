import type { FieldProblem } from '../rows/row-field.ts';

/** Decodes the escapes of a text between two quotes; returns a problem if the result is no valid text. */
export function decodeText(bytes: Buffer, start: number, end: number): string | FieldProblem {
  // Only for a text: a number would lose digits.
  const text = JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
  if (text.includes('\0')) {
    return {
      problem: 'there is the character \\u0000 in the text, which no column can hold',
      hint: 'correct the file, or declare the column as json, which keeps the escape as it is written',
    };
  }
  if (/\p{Surrogate}/u.test(text)) {
    return {
      problem: 'there is half of a surrogate pair in the text, which is no character',
      hint: 'correct the file, or declare the column as json, which keeps the escape as it is written',
    };
  }
  return text;
}
