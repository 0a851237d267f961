import type { XmlAttribute } from './xml.ts';

export interface AttributeEdit {
  attribute: XmlAttribute;
  value: string;
}

/** A range of a document, in UTF-16 units, and what takes its place. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** Puts new values into attributes; every other character of the document stays as it is. */
export function editAttributes(text: string, edits: readonly AttributeEdit[]): string {
  return editText(
    text,
    edits.map(({ attribute: { start, end, quote }, value }) => ({
      start,
      end,
      text: escapeAttribute(value, quote),
    })),
  );
}

/** Replaces ranges that do not overlap; every other character of the document stays as it is. */
export function editText(text: string, edits: readonly TextEdit[]): string {
  let edited = '';
  let at = 0;
  for (const { start, end, text: replacement } of edits.toSorted((one, other) => one.start - other.start)) {
    edited += text.slice(at, start) + replacement;
    at = end;
  }
  return edited + text.slice(at);
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser turns raw ones into spaces.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Escapes an attribute as Tableau does: both quotes, or only the given one. */
export function escapeAttribute(value: string, quote?: '"' | "'"): string {
  const other = quote === '"' ? "'" : '"';
  return value.replaceAll(/[&<>"'\t\n\r]/g, (character) =>
    quote !== undefined && character === other ? character : (escapes[character] ?? character),
  );
}

export function escapeText(value: string): string {
  return value.replaceAll(/[&<>\r]/g, (character) => escapes[character] ?? character);
}
