import { readFileSync, realpathSync } from 'node:fs';
import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { fileFacts } from '../../model/config/pipeline.ts';
import { codes } from '../codes.ts';
import { findValue, nameFromItem, type Each } from '../for-each/each-values.ts';
import { isSecretPart, textUse } from './places.ts';
import type { SecretNames } from './secret-names.ts';
import type { Value } from './value.ts';
import { isNameMatch } from '../../model/base/name-pattern.ts';
import type { Policy } from '../../model/config/project.ts';
import { realPathOf } from '../read/readable.ts';
import { readablePaths, type ReadableSettings, type RefusePath } from '../../model/config/readable-paths.ts';
import { nearest } from '../../model/base/nearest.ts';
import { getOwn } from '../../model/base/get-own.ts';

/** The values that references are replaced with, and the receiver of problems and secrets. */
export interface Substitution {
  env: Readonly<Record<string, string | undefined>>;
  registerSecret: (value: string) => void;
  /** The variables that are secrets, regardless of which file uses them. */
  secretNames: SecretNames;
  /** The severity of an unset variable. If it is a warning, the reference is kept as a placeholder. */
  unsetVariables: 'error' | 'warning';
  /** The limits of the project; nothing is forbidden before its policy is read. */
  policy?: Policy;
  /** The files of this machine that may be read, as data and as a function. */
  readable: ReadableSettings;
  refusePath: RefusePath;
  /** References to variables and files are kept as placeholders: nothing of this machine is looked up. */
  untrusted?: boolean;
  /** Hears of each reference that is left for that. */
  skip?: (reference: string) => void;
  /** References to secrets are kept, and all others are replaced: the form that may be shown. */
  shown?: boolean;
  report: (diagnostic: Diagnostic) => void;
  /** The item that the pipeline is made for, if it has for_each. */
  each?: Each;
}

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

/** Returns true if a reference was kept because its value is not known yet: then there is nothing to check. */
export function isPlaceholder(text: string): boolean {
  return /\$\{(?:env|secret|file|each)\./.test(text);
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

function lookUp(inside: string, place: Place, substitution: Substitution): Value {
  const built = nameFromItem(inside, substitution.each, place);
  if (built !== undefined && 'problem' in built) return built;
  const variable = /^(env|secret)\.([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(built?.inside ?? inside);
  const path = /^file\.(\/.+)$/s.exec(inside)?.[1];
  if (variable === null && path === undefined) return built === undefined ? unknown(inside) : undefined;
  // A default may be a password.
  if (substitution.untrusted === true) substitution.skip?.(`\${${inside.replace(/:-.*$/s, '')}}`);
  if (path !== undefined) return contentOf(path, substitution);
  const [, kind, name = '', fallback] = variable ?? [];
  return variableOf(kind === 'secret', name, fallback, substitution);
}

function variableOf(
  isSecret: boolean,
  name: string,
  fallback: string | undefined,
  { env, policy, secretNames, untrusted = false }: Substitution,
): Value {
  if (isSecret && fallback !== undefined) {
    return {
      problem: 'a secret takes no default',
      code: codes.unknownReference,
      hint: `write \${secret.${name}}`,
    };
  }
  const allowed = policy?.allowedVariables;
  const isAllowed = (pattern: string) => isNameMatch(name, pattern) || (untrusted && isPlaceholder(pattern));
  if (allowed !== undefined && !allowed.some(isAllowed)) {
    return {
      problem: `the policy of this project does not allow the variable ${name}`,
      code: codes.variableNotAllowed,
      hint: 'policy: {allowed_variables} lists those that pipelines may use',
    };
  }
  const reasonFor = (value: string) =>
    isSecret ? 'it is called a secret here' : secretNames.reason(name, value);
  if (untrusted) {
    // With a default it is a secret only if the variable is set.
    const secret = fallback === undefined ? reasonFor('') : undefined;
    return secret === undefined ? undefined : { unknown: true, secret };
  }
  const value = getOwn(env, name);
  if (fallback !== undefined && (value === undefined || value === '')) return { value: fallback };
  const secret = reasonFor(value ?? '');
  return {
    ...(value === undefined ? unset(name, isSecret, env) : { value }),
    ...(secret !== undefined && { secret }),
  };
}

function unset(name: string, secret: boolean, env: Substitution['env']): Extract<Value, { problem: string }> {
  const near = nearest(name, Object.keys(env));
  const meant = near === undefined ? '' : ` (did you mean ${near}?)`;
  return {
    problem: `the environment variable ${name} is not set`,
    code: codes.unsetVariable,
    hint: secret ? `set it${meant}` : `set it${meant}, or give a default: \${env.${name}:-value}`,
    unset: true,
  };
}

/** Returns true for a fact of a row's file: `file.name`, `file.key`, … */
function isFileFact(inside: string): boolean {
  return fileFacts.some((fact) => inside === `file.${fact}`);
}

function contentOf(path: string, { refusePath, readable, untrusted }: Substitution): Value {
  const secret = 'it is the content of a file';
  if (untrusted === true) {
    const refused = readablePaths({ ...readable, onlyProject: false })(realPathOf(path));
    return refused === undefined ? { unknown: true, secret } : pathRefusal(path, refused);
  }
  try {
    const refused = refusePath(realpathSync(path));
    if (refused !== undefined) return pathRefusal(path, refused);
    return { value: readFileSync(path, 'utf8').replace(/\r?\n$/, ''), secret };
  } catch (cause) {
    const { code = 'unreadable' } = cause as NodeJS.ErrnoException;
    return { problem: `cannot read the file ${path} (${code})`, code: codes.secretFile };
  }
}

function pathRefusal(path: string, reason: string): Value {
  return { problem: `${path} is not read: ${reason}`, code: codes.pathNotAllowed };
}

/** A reference of shells, Docker, CI and other tools: `${NAME}`, `${ENV:NAME}`, `${{ secrets.NAME }}`. */
const otherVariable = /^(?:\{?\s*(?:env|secrets?|vars)[.:]\s*)?([A-Za-z_][A-Za-z0-9_]*)\s*$/i;

function unknown(inside: string): Value {
  const isOfFile = isFileFact(inside);
  const name = otherVariable.exec(inside)?.[1];
  const relative = /^file\.(.+)$/.exec(inside);
  const hint = isOfFile
    ? `\${${inside}} is known under add only, where it becomes a column`
    : relative !== null
      ? 'a file reference takes an absolute path: ${file./run/secrets/name}'
      : name !== undefined
        ? `a variable of the environment is \${env.${name}}, or \${secret.${name}} where its value must not be shown; write $\${ for a plain \${`
        : 'there is ${env.NAME}, ${env.NAME:-default}, ${secret.NAME} and ${file./path}; write $${ for a plain ${';
  return { problem: `\${${inside}} is no reference`, code: codes.unknownReference, hint };
}
