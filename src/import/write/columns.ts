import type { YAMLMap } from 'yaml';
import type * as Written from '../../model/config/written.gen.ts';
import type { FoundColumn } from '../found.ts';
import { foreignNode, inOneLine, mapOf, withComment } from './nodes.ts';

/** The map under `columns`: `name: type not null` where that says everything. */
export function columnsNode(columns: readonly FoundColumn[]): YAMLMap {
  return mapOf(
    columns.map(({ name, settings, comment }) => [
      name,
      withComment(inOneLine(foreignNode(shortest(settings))), comment),
    ]),
  );
}

/** Returns the short form of a column that has only a type. */
function shortest({ type, not_null: notNull, ...others }: Written.ColumnSettings): Written.Column {
  const whole = notNull === true ? `${type} not null` : type;
  const settings = Object.entries<unknown>(others).filter(
    ([, value]) => value !== undefined && value !== false,
  );
  return settings.length === 0 ? whole : { type: whole, ...Object.fromEntries(settings) };
}
