import { readFileSync, realpathSync } from 'node:fs';
import { getOwn } from '../../model/base/get-own.ts';
import { isNameMatch } from '../../model/base/name-pattern.ts';
import { nearest } from '../../model/base/nearest.ts';
import { readablePaths } from '../../model/config/readable-paths.ts';
import type { Place } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { nameFromItem } from '../for-each/each-values.ts';
import { realPathOf } from '../read/readable.ts';
import { isFileFact, isPlaceholder } from './reference-text.ts';
import type { Substitution } from './substitution.ts';
import type { Value } from './value.ts';

/** Returns the value of a reference to a variable or a file, or why there is none; undefined where it is left as it is. */
export function lookUp(inside: string, place: Place, substitution: Substitution): Value {
  const built = nameFromItem(inside, substitution.each, place);
  if (built !== undefined && 'problem' in built) return built;
  const variable = /^(env|secret)\.([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(built?.inside ?? inside);
  const path = /^file\.(\/.+)$/s.exec(inside)?.[1];
  if (variable === null && path === undefined) return built === undefined ? unknown(inside) : undefined;
  // A default may be a password.
  if (substitution.untrusted === true) substitution.skip?.(`\${${inside.replace(/:-.*$/s, '')}}`);
  if (path !== undefined) return contentOf(path, substitution);
  const [, kind, name = '', fallback] = variable ?? [];
  const isOfItem = built !== undefined;
  return variableOf({ isSecret: kind === 'secret', name, fallback, isOfItem }, substitution);
}

interface Variable {
  isSecret: boolean;
  name: string;
  fallback: string | undefined;
  /** A value of the item is part of the name. */
  isOfItem: boolean;
}

function variableOf(
  { isSecret, name, fallback, isOfItem }: Variable,
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
    ...(value === undefined ? unset(name, isSecret, isOfItem ? [] : Object.keys(env)) : { value }),
    ...(secret !== undefined && { secret }),
  };
}

/** `others` are the variables that may have been meant: of an item, they would be those of other ones. */
function unset(
  name: string,
  secret: boolean,
  others: readonly string[],
): Extract<Value, { problem: string }> {
  const near = nearest(name, others);
  const meant = near === undefined ? '' : ` (did you mean ${near}?)`;
  return {
    problem: `the environment variable ${name} is not set`,
    code: codes.unsetVariable,
    hint: secret ? `set it${meant}` : `set it${meant}, or give a default: \${env.${name}:-value}`,
    unset: true,
  };
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
