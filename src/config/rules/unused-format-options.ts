import { child, type Diagnostic } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { isSet } from '../drafts/defaults.ts';
import { readColumnType } from '../values/column-text.ts';
import { isFilesSource, optionsOf } from '../values/file-format.ts';
import type { Rule } from './rule.ts';

const optionsOfTypes = [
  { key: 'date_order', kinds: ['date', 'timestamp', 'timestamptz'], what: 'a date or a timestamp' },
  {
    key: 'decimal',
    kinds: ['numeric', 'real', 'double', 'smallint', 'int', 'bigint'],
    what: 'a number',
  },
  {
    key: 'thousands',
    kinds: ['numeric', 'real', 'double', 'smallint', 'int', 'bigint'],
    what: 'a number',
  },
] as const;

/** Options for values that no column of the source has: mostly a type was forgotten. */
export const unusedFormatOptions: Rule = function* (draft) {
  for (const [name, { own, place }] of draft.sources) {
    if (!isFilesSource(own)) continue;
    const kinds = kindsOf(draft, name);
    if (kinds === undefined) continue;
    for (const option of optionsOfTypes) {
      if (!isSet(optionsOf(own)[option.key])) continue;
      if (option.kinds.some((kind) => kinds.has(kind))) continue;
      yield {
        code: codes.formatOption,
        severity: 'warning',
        message: `"${option.key}" has no effect: no column of "${name}" is ${option.what}`,
        hint: 'give the column its type, or remove the option',
        place: { ...child(place, 'format', option.key), part: 'key' },
      } satisfies Diagnostic;
    }
  }
};

/** Returns the kinds of types that the tables of a source have; undefined if one is not known or there is no table. */
function kindsOf({ written }: PipelineDraft, source: string): ReadonlySet<string> | undefined {
  const tables = Object.values(written.tables).filter(({ from }) => from.source === source);
  if (tables.length === 0 || tables.some(hasOtherColumns)) return undefined;
  const read = tables.flatMap(({ columns = {} }) => Object.values(columns).map(readColumnType));
  const kinds = read.flatMap((one) => ('problem' in one ? [] : [one.type.kind]));
  return kinds.length === read.length ? new Set(kinds) : undefined;
}

/** A header file and the names of files supply columns whose types are not under `columns`. */
const hasOtherColumns = ({ columns_from: header, add }: Written.Table) =>
  isSet(header) || Object.values(add ?? {}).some((one) => typeof one === 'object');
