import type { Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { findValue } from '../for-each/each-values.ts';
import { lookUp } from './look-up.ts';
import { isSecretPart, textUse } from './places.ts';
import { isFileFact } from './reference-text.ts';
import type { Substitution } from './substitution.ts';

/**
 * Returns the same value with the references in its scalars replaced. This happens after parsing, so that no value can
 * change the structure of a file; keys are left as they are.
 */
export function interpolate(value: unknown, place: Place, substitution: Substitution): unknown {
  if (isPlain(value)) return value;
  if (typeof value === 'string') return replaced(value, place, substitution);
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      isPlain(item) ? item : interpolate(item, child(place, index), substitution),
    );
  }
  const entries = Object.entries(value as object).map(([key, inside]: [string, unknown]) => {
    const isUserKey = place.pointer === '' && key.startsWith('x-');
    return [
      key,
      isUserKey || isPlain(inside) ? inside : interpolate(inside, child(place, key), substitution),
    ];
  });
  return Object.fromEntries(entries) as unknown;
}

/** Returns true if no scalar holds a reference, which is true for most: those do not even need a place. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string' ? !value.includes('${') : typeof value !== 'object' || value === null;
}

/**
 * `$${` is a plain `${`; otherwise everything up to the next brace is the reference, which may contain one to an item.
 */
const reference = /\$\$\{|\$\{((?:secret\.(?:[^{}$]|\$\{each\.[^{}]*\})*)(?=\})|[^}]*)(\}?)/g;

function replaced(text: string, place: Place, substitution: Substitution): string {
  const use = textUse(place.pointer);
  const { purpose } = use;
  let hasSecret = false;
  let result = '';
  let from = 0;
  for (const { 0: whole, 1: inside, 2: brace, index } of text.matchAll(reference)) {
    const to = index + whole.length;
    const isPassword = isSecretPart(purpose, text, index, to);
    const found = piece({ whole, inside, brace, isPassword, isWhole: whole.length === text.length });
    result +=
      text.slice(from, index) + (substitution.shown === true && found.secret === true ? whole : found.value);
    if (found.secret === true) substitution.meetsSecret?.();
    hasSecret ||= found.secret === true && found.value !== '';
    from = to;
  }
  result += text.slice(from);
  // A server may repeat the whole text that contains a secret.
  if (hasSecret && substitution.shown !== true) substitution.registerSecret(result);
  return result;

  function piece({ whole, inside, brace, isPassword, isWhole }: Found): Piece {
    if (inside === undefined) return { value: purpose === 'facts' ? whole : '${' };
    if (brace === '')
      return refuse(whole, codes.unknownReference, '"${" has no closing "}"', 'write $${ for a plain ${');
    if (purpose === 'facts' && isFileFact(inside)) return { value: whole };
    const each = /^each\.(.*)$/s.exec(inside)?.[1];
    const found =
      each === undefined
        ? lookUp(inside, place, substitution)
        : findValue(each, substitution.each, place, { purpose, isPassword, isWhole });
    if (found === undefined) return { value: whole };
    const isSecret = found.secret !== undefined || isPassword;
    if (isSecret && 'value' in found && found.value !== '') substitution.registerSecret(found.value);
    // The position of a secret is known without its value.
    if (found.secret !== undefined && purpose === 'sql') {
      const message = `${whole} is a secret and may not be part of an SQL text`;
      return refuse(whole, codes.secretInSql, message, withoutSecret(place));
    }
    if (found.secret !== undefined && use.has('recorded')) {
      const message = `${whole} is a secret and is not allowed here: this text is shown and recorded`;
      return refuse(whole, codes.secretOnRecord, message, hintFor(found.secret, inside));
    }
    if ('problem' in found) return refuse(whole, found.code, found.problem, found.hint, found.unset);
    if ('unknown' in found) return { value: whole };
    return { value: found.value, ...(isSecret && { secret: true }) };
  }

  // eslint-disable-next-line max-params -- no two of them belong together
  function refuse(whole: string, code: string, message: string, hint?: string, unset = false): Piece {
    const severity = unset ? substitution.unsetVariables : 'error';
    substitution.report({ code, severity, message, ...(hint === undefined ? {} : { hint }), place });
    return { value: whole };
  }
}

/** A reference as it was found in a text. */
interface Found {
  whole: string;
  inside: string | undefined;
  brace: string | undefined;
  isPassword: boolean;
  /** It is all of the text. */
  isWhole: boolean;
}

interface Piece {
  value: string;
  secret?: boolean;
}

function withoutSecret({ pointer }: Place): string {
  if (pointer.includes('/checks/')) return 'the extract is ours: no check needs a secret to ask it';
  if (pointer.includes('/load/')) return 'bind it: $1 is the first of the params beside the query under from';
  return 'bind it: write $1 in a query and the reference under params';
}

function hintFor(reason: string, inside: string): string {
  if (inside.startsWith('secret.')) return 'take it from ${env.NAME} if it is not a secret';
  return `${reason}: take this text from another variable or column`;
}
