import type { ParameterType } from '../../model/config/data-source.ts';

/** Returns true if a text is a value of the type: dates are `2026-01-31`, with a time `2026-01-31 09:30:00`. */
export function isParameterValue(text: string, type: ParameterType): boolean {
  switch (type) {
    case 'string':
      return true;
    case 'integer':
      return /^-?\d+$/.test(text);
    case 'real':
      return /^-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text);
    case 'boolean':
      return text === 'true' || text === 'false';
    case 'date':
      return isDate(text);
    case 'datetime': {
      const [, date = '', time] = /^(\S+?)(?:[ T](\d\d:\d\d:\d\d))?$/.exec(text) ?? [];
      return isDate(date) && (time === undefined || /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(time));
    }
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Compares two values of a type that has an order; negative if the first is the lower one. */
export function compareValues(one: string, other: string, type: ParameterType): number {
  if (type === 'integer') return Number(BigInt(one) - BigInt(other));
  if (type === 'real') return Number(one) - Number(other);
  const [first, second] = [one, other].map((text) => text.replace('T', ' '));
  return first === second ? 0 : (first ?? '') < (second ?? '') ? -1 : 1;
}

/** Returns a value as Tableau keeps it in attributes: strings in quotes, dates between `#`, whole real numbers with a point. */
export function attributeLiteral(text: string, type: ParameterType): string {
  if (type === 'string') return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return plainLiteral(text, type);
}

/** Returns a value as a formula has it: quotes are doubled, and a backslash means nothing. */
export function formulaLiteral(text: string, type: ParameterType): string {
  if (type !== 'string') return plainLiteral(text, type);
  return text.includes('"') && !text.includes("'") ? `'${text}'` : `"${text.replaceAll('"', '""')}"`;
}

function plainLiteral(text: string, type: ParameterType): string {
  switch (type) {
    case 'date':
    case 'datetime':
      return `#${text.replace('T', ' ')}#`;
    case 'real':
      return /^-?\d+$/.test(text) ? `${text}.` : text;
    default:
      return text;
  }
}

/** Returns the value that an attribute holds; undefined if it is none of that type. */
export function readAttributeLiteral(literal: string, type: ParameterType): string | undefined {
  const text = unwrapped(literal, type);
  return text !== undefined && isParameterValue(text, type) ? text : undefined;
}

function unwrapped(literal: string, type: ParameterType): string | undefined {
  switch (type) {
    case 'string':
      return /^"(.*)"$/s.exec(literal)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
    case 'date':
      return /^#(\d{4}-\d\d-\d\d)(?: 00:00:00)?#$/.exec(literal)?.[1];
    case 'datetime':
      return /^#(.*)#$/.exec(literal)?.[1];
    case 'real':
      return literal.replace(/^(-?\d+)\.0*$/, '$1');
    default:
      return literal;
  }
}
