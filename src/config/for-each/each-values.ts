import type { Place } from '../../model/errors/diagnostic.ts';
import { quotedVisible } from '../../model/base/visible.ts';
import { suggestion } from '../../model/base/nearest.ts';
import { codes } from '../codes.ts';
import type { Item } from './item.ts';
import { foreign } from '../../model/errors/secrets.ts';
import type { Value } from '../references/value.ts';
import type { TextPurpose } from '../schema/text-words.ts';

/** The values of `${each.…}` in the pipeline of one item. */
export interface Each {
  /** `tenant_sales[acme]`. */
  address: string;
  /**
   * The values, or undefined if a source will supply the items: then any name may be right, and references are left as
   * they are.
   */
  values: Item['values'] | undefined;
  /** The values are names of folders: in a pattern they mean what they say, with wildcards, too. */
  isLiteral?: true;
  /** The names whose values are passwords somewhere in the pipeline. */
  secrets?: ReadonlySet<string>;
  /** Is called with each variable whose name is built with a value of the item. */
  reads?: (variable: string, place: Place) => void;
}

type Problem = Extract<Value, { problem: string }>;

/** The position of a value in a text. */
export interface Position {
  purpose: TextPurpose;
  /** The place is that of a password or of a whole address. */
  isPassword: boolean;
  /** The value is the whole text. */
  isWhole: boolean;
}

/** Returns the value of a name in a certain position; undefined if it is not known yet. */
export function findValue(name: string, each: Each | undefined, place: Place, position: Position): Value {
  const reference = `\${each.${name}}`;
  const outside = misplaced(reference, each, place);
  if (outside !== undefined) return outside;
  if (position.purpose === 'sql') {
    const problem = `${reference} may not be part of an SQL text`;
    return { code: codes.eachInSql, problem, hint: hintForSql(place) };
  }
  const { address = '', values, secrets } = each ?? {};
  const secret = `${reference} is a password in this pipeline`;
  if (values === undefined) return secrets?.has(name) === true ? { unknown: true, secret } : undefined;
  const value = values.get(name);
  if (value === undefined) return noSuchValue(name, address, values);
  if (value === null) return nullValue(reference, address);
  const isSecret = position.isPassword || secrets?.has(name) === true;
  const isLiteral = each?.isLiteral === true && position.purpose === 'pattern';
  const wrong = useOf(isLiteral ? { ...position, purpose: 'path' } : position).problemWith(value);
  if (wrong === undefined) {
    return { value: isLiteral ? literally(value) : value, ...(isSecret && { secret }) };
  }
  const shown = isSecret ? 'not safe here' : quotedVisible(Array.from(foreign(value)).slice(0, 60).join(''));
  return {
    code: codes.eachValue,
    problem: `${reference} of ${address} is ${shown}: ${wrong}`,
    hint:
      each?.isLiteral === true
        ? 'rename the folder, or write ${each.key} here, which has no such characters'
        : 'correct the value, or write what belongs here into another column of the list',
  };
}

/** Returns a pattern that matches the text alone. */
const literally = (text: string) => text.replace(/[*?[\]{}()!|"]/g, '\\$&');

function misplaced(reference: string, each: Each | undefined, { pointer }: Place): Problem | undefined {
  if (pointer.startsWith('/for_each')) {
    return { code: codes.eachName, problem: `${reference} comes from for_each and cannot be used in it` };
  }
  if (each !== undefined) return undefined;
  return {
    code: codes.eachName,
    problem: `${reference} is only known in a pipeline with for_each`,
    hint: 'for_each: at the top of the file says which items there are',
  };
}

function noSuchValue(name: string, address: string, values: Item['values']): Problem {
  const problem = `${address} has no value ${quotedVisible(name)}`;
  return { code: codes.eachName, problem, ...suggestion(name, [...values.keys()]) };
}

function nullValue(reference: string, address: string): Problem {
  const problem = `${reference} of ${address} is NULL`;
  return { code: codes.eachValue, problem, hint: 'give it a value, in the query with coalesce(…)' };
}

/**
 * Returns the name of a variable that is built with values of the item: `secret.PW_${each.key}`. The result is
 * undefined if it is not built from any.
 */
export function nameFromItem(
  inside: string,
  each: Each | undefined,
  place: Place,
): { inside: string } | Problem | undefined {
  if (!inside.includes('${each.')) return undefined;
  let problem: Problem | undefined;
  const built = inside.replace(/\$\{each\.([^{}]*)\}/g, (reference, name: string) => {
    problem ??= misplaced(reference, each, place);
    const value = each?.values?.get(name);
    if (each?.values === undefined) return reference;
    if (value === undefined) problem ??= noSuchValue(name, each.address, each.values);
    if (value === null) problem ??= nullValue(reference, each.address);
    return (value ?? '').replace(/\W/g, '_');
  });
  if (problem !== undefined) return problem;
  each?.reads?.(built.slice('secret.'.length), place);
  return { inside: built };
}

function hintForSql({ pointer }: Place): string {
  if (pointer.includes('/checks/')) return 'the extract of an item holds its rows alone: ask without it';
  if (pointer.endsWith('/from/query')) return 'bind it: write $1 in the query and the reference under params';
  return 'bind it: write a query with $1, and the reference under params';
}

/** The restrictions on a value inside a structured text, whose structure it must not change. */
interface Use {
  problemWith(value: string): string | undefined;
}

// eslint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\u0000-\u001f\u007f]/;

const url = use('a URL', /[/\\?#@:%&=\s]/, 'one of / \\ ? # @ : % & = or a blank');
const address = use('an address', /[^\w.-]/, 'more than letters, digits, "_", "-" and dots');

const uses: Partial<Record<TextPurpose, Use>> = {
  pattern: use('a path', /[/\\*?[\]{}()!]|\.\./, 'one of / \\ * ? [ ] { } ( ) ! or ..'),
  path: use('a path', /[/\\]|\.\./, 'a slash, a backslash or ..'),
  url,
  endpoint: url,
  host: address,
  server: address,
  relation: use('the name of a table', /[."]/, 'a dot or a double quote'),
  name: use('a name', /(?!)/, ''),
};

/** An address that consists of the value alone has no structure to protect. */
const wholeUrl = use('a URL', /\s/, 'a blank');

function use(what: string, unsafe: RegExp, said: string): Use {
  return {
    problemWith(value) {
      if (value.trim() === '') return `${what} takes no empty value`;
      if (control.test(value)) return `${what} takes no control characters`;
      // Next to another one it would lead out of the folder.
      if (value === '.') return `${what} takes no value that is a dot alone`;
      return unsafe.test(value) ? `${what} takes no value with ${said}` : undefined;
    },
  };
}

const anywhere: Use = {
  problemWith: (value) => (value.includes('\0') ? 'a text cannot contain a zero byte' : undefined),
};

/** PostgreSQL divides them at blanks, and takes what follows a backslash as it is. */
const options: Use = {
  problemWith: (value) =>
    /[\s\\]/.test(value)
      ? 'options take no value with a blank or a backslash, which could add an option'
      : anywhere.problemWith(value),
};

function useOf({ purpose, isWhole }: Position): Use {
  if (isWhole && ['url', 'endpoint', 'server'].includes(purpose)) return wholeUrl;
  if (purpose === 'options') return isWhole ? anywhere : options;
  return uses[purpose] ?? anywhere;
}
