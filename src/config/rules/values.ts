import { formatColumnType } from '../../model/config/column-type.ts';
import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import { columnSettings, readColumnType } from '../values/column-text.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { problem } from '../problem.ts';
import type { Rule } from './rule.ts';
import { valueSettings } from '../values/value-settings.ts';

/** A setting that a column itself writes applies to its type; one of the table is passed over. */
export const valueSettingTypes: Rule = function* ({ written, place }) {
  for (const [table, { columns = {} }] of Object.entries(written.tables)) {
    for (const [name, column] of Object.entries(columns)) {
      const read = readColumnType(column);
      if ('problem' in read) continue;
      const settings = columnSettings(column);
      for (const { key, types } of valueSettings) {
        // on_infinite takes null for a value; to un-set another is never wrong.
        if (settings[key] === undefined || (settings[key] === null && key !== 'on_infinite')) continue;
        if (types.includes(read.type.kind)) continue;
        const message = `"${key}" does not apply to ${formatColumnType(read.type)}`;
        const at = { ...child(place, 'tables', table, 'columns', name, key), part: 'key' as const };
        yield problem(codes.valueSetting, message, at, { hint: `it is for ${listed(types)}` });
      }
    }
  }
};

function listed(types: readonly string[]): string {
  const last = types.at(-1) ?? '';
  return types.length < 2 ? last : `${types.slice(0, -1).join(', ')} and ${last}`;
}

export const knownZones: Rule = function* ({ written, place }) {
  yield* checkDefaultZone(written.defaults, child(place, 'defaults'));
  for (const [table, { at_zone: zone, columns = {} }] of Object.entries(written.tables)) {
    const at = child(place, 'tables', table);
    yield* checkZone(zone, child(at, 'at_zone'));
    for (const [name, column] of Object.entries(columns))
      yield* checkZone(columnSettings(column).at_zone, child(at, 'columns', name, 'at_zone'));
  }
};

export function checkDefaultZone(defaults: Written.Defaults | undefined, place: Place): Iterable<Diagnostic> {
  return checkZone(defaults?.tables?.at_zone, child(place, 'tables', 'at_zone'));
}

function* checkZone(zone: Written.AtZone | undefined, place: Place): Iterable<Diagnostic> {
  if (zone === undefined || zone === null || isPlaceholder(zone) || isZone(zone)) return;
  yield problem(codes.timeZone, `"${zone}" is no time zone`, place, {
    hint: 'write UTC or a name of the IANA database, such as Europe/Berlin or America/New_York',
  });
}

/**
 * Returns true for the name of a time zone. Offsets such as +02:00 are zones to Node.js, and abbreviations such as EST
 * are fixed offsets: neither is accepted.
 */
function isZone(name: string): boolean {
  if (name !== 'UTC' && !name.includes('/')) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
