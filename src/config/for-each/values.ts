import type { Place } from '../../model/diagnostic.ts';
import { suggestion } from '../../model/nearest.ts';
import { codes } from '../codes.ts';
import type { Item } from './item.ts';

/** What `${each.…}` means in the pipeline of one item. */
export interface Each {
  /** `tenant_sales[acme]`. */
  address: string;
  /** Undefined where a source will tell the items: then any name may be right, and references are left standing. */
  values: Item['values'] | undefined;
}

export type FoundValue = { value: string } | { problem: string; code: string; hint?: string } | undefined;

/** The value of a name in a certain place; undefined where it is not known yet. */
export function findValue(name: string, each: Each | undefined, place: Place, isSql: boolean): FoundValue {
  const reference = `\${each.${name}}`;
  if (place.pointer.startsWith('/for_each')) {
    return { code: codes.eachName, problem: `${reference} comes of for_each and cannot be a part of it` };
  }
  if (each === undefined) {
    const hint = 'for_each: at the top of the file says which items there are';
    return {
      code: codes.eachName,
      problem: `${reference} has a meaning in a pipeline with for_each only`,
      hint,
    };
  }
  if (isSql) {
    const problem = `${reference} may not be part of an SQL text`;
    return { code: codes.eachInSql, problem, hint: hintForSql(place) };
  }
  if (each.values === undefined) return undefined;
  const value = each.values.get(name);
  if (value === undefined) {
    const names = [...each.values.keys()];
    const problem = `${each.address} has no value "${name}"`;
    return { code: codes.eachName, problem, ...suggestion(name, names) };
  }
  if (value === null) {
    const problem = `${reference} of ${each.address} is NULL`;
    return { code: codes.eachValue, problem, hint: 'give it a value, in the query with coalesce(…)' };
  }
  const wrong = useOf(place).problemWith(value);
  if (wrong === undefined) return { value };
  const problem = `${reference} of ${each.address} is ${JSON.stringify(value.slice(0, 60))}: ${wrong}`;
  return { code: codes.eachValue, problem };
}

function hintForSql({ pointer }: Place): string {
  if (pointer.includes('/checks/')) return 'the extract of an item holds its rows alone: ask without it';
  if (pointer.endsWith('/from/query')) return 'bind it: write $1 in the query and the reference under params';
  return 'bind it: write a query with $1, and the reference under params';
}

/** Where a value takes part in a text that has a structure, it must not change that. */
interface Use {
  problemWith(value: string): string | undefined;
}

// eslint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\u0000-\u001f\u007f]/;

const uses: readonly [RegExp, Use][] = [
  [
    /^\/sources\/[^/]+\/(?:path|match|exclude)(?:\/\d+)?$/,
    use('a path', /[/\\*?[\]{}()!]|\.\./, 'one of / \\ * ? [ ] { } ( ) ! or ..'),
  ],
  [
    /^\/sources\/[^/]+\/(?:url|endpoint)$/,
    use('a URL', /[/\\?#@:%&=\s]/, 'one of / \\ ? # @ : % & = or a blank'),
  ],
  [
    /^\/(?:sources|destinations)\/[^/]+\/(?:server|host)$/,
    use('an address', /[^\w.-]/, 'more than letters, digits, "_", "-" and dots'),
  ],
  [/^\/tables\/[^/]+\/from\/table$/, use('the name of a table', /[."]/, 'a dot or a double quote')],
  [
    /^\/(?:destinations\/\d+\/(?:path|project|ca)(?:\/\d+)?|extract\/file|template\/file|sources\/[^/]+\/(?:bucket|header_file\/key|ssl\/ca))$/,
    use('a path', /[/\\]|\.\./, 'a slash, a backslash or ..'),
  ],
  [/^\/destinations\/\d+\/(?:name|site|tags\/\d+)$/, use('a name', /(?!)/, '')],
];

function use(what: string, unsafe: RegExp, said: string): Use {
  return {
    problemWith(value) {
      if (value.trim() === '') return `${what} takes no empty value`;
      if (control.test(value)) return `${what} takes no control characters`;
      // Beside another one it would lead out of the folder.
      if (value === '.') return `${what} takes no value that is a dot alone`;
      return unsafe.test(value) ? `${what} takes no value with ${said}` : undefined;
    },
  };
}

const anywhere: Use = {
  problemWith: (value) => (value.includes('\0') ? 'a zero byte is no part of a text' : undefined),
};

function useOf({ pointer }: Place): Use {
  return uses.find(([pattern]) => pattern.test(pointer))?.[1] ?? anywhere;
}
