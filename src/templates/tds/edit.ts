import type { XmlAttribute } from './xml.ts';

export interface AttributeEdit {
  attribute: XmlAttribute;
  value: string;
}

/** Puts new values into attributes; every other character of the document stays as it is. */
export function editAttributes(text: string, edits: readonly AttributeEdit[]): string {
  let edited = '';
  let at = 0;
  for (const { attribute, value } of edits.toSorted(
    (one, other) => one.attribute.start - other.attribute.start,
  )) {
    edited += text.slice(at, attribute.start) + escapeAttribute(value, attribute.quote);
    at = attribute.end;
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
