import { readFileSync } from 'node:fs';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import { child } from '../model/diagnostic.ts';
import { fileFacts } from '../model/pipeline.ts';
import { codes } from './codes.ts';
import { findValue, type Each } from './for-each/values.ts';
import { nearest } from '../model/nearest.ts';
import { own } from '../model/own.ts';

/** What references may be replaced with, and who hears about it. */
export interface Substitution {
  env: Readonly<Record<string, string | undefined>>;
  registerSecret: (value: string) => void;
  /** How bad an unset variable is. Where it is a warning, the reference stays as a placeholder. */
  unsetVariables: 'error' | 'warning';
  report: (diagnostic: Diagnostic) => void;
  /** Texts with a secret in them, each with the form that may be shown. Filled by `interpolate`. */
  shown: Map<string, string>;
  /** Of a pipeline with for_each: the item that it is made for. */
  each?: Each;
}

/**
 * The same value with the references in its scalars replaced. Happens after parsing, so that no value can change the
 * structure of a file; keys stay as they are.
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
    const yours = place.pointer === '' && key.startsWith('x-');
    return [key, yours || isPlain(inside) ? inside : interpolate(inside, child(place, key), substitution)];
  });
  return Object.fromEntries(entries) as unknown;
}

/** Most scalars hold no reference: for those not even a place has to be made. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string' ? !value.includes('${') : typeof value !== 'object' || value === null;
}

/** Whether a reference was left standing because its value is not known yet: then there is nothing to check. */
export function isPlaceholder(text: string): boolean {
  return /\$\{(?:env|secret|file|each)\./.test(text);
}

/** `$${` is a plain `${`; otherwise everything up to the next brace is the reference. */
const reference = /\$\$\{|\$\{([^}]*)(\}?)/g;

/** Where a text is SQL: of a table, or of the default of all tables. */
const sqlPlace =
  /^\/tables\/[^/]+\/(?:from\/(?:where|query|change_detection\/sql)|columns\/[^/]+\/expr|checks\/\d+\/sql\/query)$|^(?:\/tables\/[^/]+|\/defaults\/tables)\/load\/deletes\/query$|^\/for_each\/query\/sql$/;

/** What the state keeps of a pipeline, or a hash of it; bound parameters, servers and their users are not among it. */
const onRecord =
  /^\/(?:(?:name|description|tags|for_each|relationships|extract|template)(?:\/|$)|tables\/[^/]+\/(?!from\/params\/)|defaults\/(?:extract|tables)\/|(?:sources|connections|defaults\/sources)\/[^/]+\/(?:path|match|exclude|format|header_file)(?:\/|$))/;

function replaced(text: string, place: Place, substitution: Substitution): string {
  const fileColumn = /^\/tables\/[^/]+\/add\/[^/]+(?:\/from)?$/.test(place.pointer);
  const sql = sqlPlace.test(place.pointer);
  let shown = '';
  let result = '';
  let from = 0;
  for (const { 0: whole, 1: inside, 2: brace, index } of text.matchAll(reference)) {
    const before = text.slice(from, index);
    from = index + whole.length;
    const found = piece(whole, inside, brace);
    result += before + found.value;
    shown += before + (found.secret === true ? whole : found.value);
  }
  result += text.slice(from);
  shown += text.slice(from);
  if (shown !== result && result !== '') substitution.shown.set(result, shown);
  return result;

  function piece(whole: string, inside: string | undefined, brace: string | undefined): Piece {
    if (inside === undefined) return { value: fileColumn ? whole : '${' };
    if (brace === '')
      return refuse(whole, codes.unknownReference, '"${" has no closing "}"', 'write $${ for a plain ${');
    if (fileColumn && isFileFact(inside)) return { value: whole };
    const each = /^each\.(.*)$/s.exec(inside)?.[1];
    if (each !== undefined) return valueOf(each, whole);
    const found = lookUp(inside, substitution);
    if ('problem' in found) return refuse(whole, found.code, found.problem, found.hint, found.unset);
    if (!found.secret) return found;
    if (found.value !== '') substitution.registerSecret(found.value);
    if (!sql && !onRecord.test(place.pointer)) return found;
    if (!sql) {
      const message = `${whole} is a secret and may not stand here: what this says is recorded and compared`;
      return refuse(whole, codes.secretOnRecord, message, 'take it from ${env.NAME} if it is none');
    }
    const message = `${whole} is a secret and may not be part of an SQL text`;
    return refuse(whole, codes.secretInSql, message, withoutSecret(place));
  }

  function valueOf(name: string, whole: string): Piece {
    const found = findValue(name, substitution.each, place, sql);
    if (found === undefined) return { value: whole };
    if ('problem' in found) return refuse(whole, found.code, found.problem, found.hint);
    return { ...found, secret: substitution.shown.has(found.value) };
  }

  function refuse(whole: string, code: string, message: string, hint?: string, unset = false): Piece {
    const severity = unset ? substitution.unsetVariables : 'error';
    substitution.report({ code, severity, message, ...(hint === undefined ? {} : { hint }), place });
    return { value: whole };
  }
}

function withoutSecret({ pointer }: Place): string {
  if (pointer.includes('/checks/')) return 'the extract is ours: no check needs a secret to ask it';
  if (pointer.includes('/load/'))
    return 'bind it: $1 stands here for the first of the params that from has beside a query';
  return 'bind it: write $1 in a query and the reference under params';
}

interface Piece {
  value: string;
  secret?: boolean;
}

type Found =
  { value: string; secret: boolean } | { problem: string; code: string; hint?: string; unset?: boolean };

function lookUp(inside: string, { env }: Substitution): Found {
  const variable = /^(env|secret)\.([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inside);
  if (variable !== null) {
    const [, kind, name = '', fallback] = variable;
    const value = own(env, name);
    if (kind === 'secret' && fallback !== undefined) {
      return {
        problem: 'a secret takes no default',
        code: codes.unknownReference,
        hint: `write \${secret.${name}}`,
      };
    }
    if (fallback !== undefined)
      return { value: value === undefined || value === '' ? fallback : value, secret: false };
    if (value !== undefined) return { value, secret: kind === 'secret' };
    return unset(name, kind === 'secret', env);
  }
  const path = /^file\.(\/.+)$/s.exec(inside)?.[1];
  return path === undefined ? unknown(inside) : contentOf(path);
}

function unset(name: string, secret: boolean, env: Substitution['env']): Found {
  const near = nearest(name, Object.keys(env));
  const meant = near === undefined ? '' : ` (did you mean ${near}?)`;
  return {
    problem: `the environment variable ${name} is not set`,
    code: codes.unsetVariable,
    hint: secret ? `set it${meant}` : `set it${meant}, or give a default: \${env.${name}:-value}`,
    unset: true,
  };
}

/** What a row may say about its file: `file.name`, `file.key`, … */
function isFileFact(inside: string): boolean {
  return fileFacts.some((fact) => inside === `file.${fact}`);
}

function contentOf(path: string): Found {
  try {
    return { value: readFileSync(path, 'utf8').replace(/\r?\n$/, ''), secret: true };
  } catch (cause) {
    const { code = 'unreadable' } = cause as NodeJS.ErrnoException;
    return { problem: `cannot read the file ${path} (${code})`, code: codes.secretFile };
  }
}

function unknown(inside: string): Found {
  const ofFile = isFileFact(inside);
  const relative = /^file\.(.+)$/.exec(inside);
  const hint = ofFile
    ? `\${${inside}} is known under add only, where it becomes a column`
    : relative !== null
      ? 'a file reference takes an absolute path: ${file./run/secrets/name}'
      : 'there is ${env.NAME}, ${env.NAME:-default}, ${secret.NAME} and ${file./path}; write $${ for a plain ${';
  return { problem: `\${${inside}} is no reference`, code: codes.unknownReference, hint };
}
