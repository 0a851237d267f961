import { formatColumnType } from '../../model/config/column-type.ts';
import type * as Written from '../../model/config/written.gen.ts';
import type { ExtractColumn } from '../../model/world/observation.ts';

/** How a column of an extract is written, or why it is not. */
export type HyperTypeChoice =
  { settings: Pick<Written.ColumnSettings, 'type' | 'at_zone'>; comment?: string } | { reason: string };

/** Returns the type of a column as it is in the extract; types that a generated data source cannot show become others. */
export function chooseHyperType(
  { type }: Pick<ExtractColumn, 'type'>,
  { generatesTemplate }: { generatesTemplate: boolean },
): HyperTypeChoice {
  if (type.kind === 'other') return { reason: `no pipeline has the type ${type.name}` };
  if (!generatesTemplate) return { settings: { type: formatColumnType(type) } };
  switch (type.kind) {
    case 'timestamptz':
      return {
        settings: { type: 'timestamp', at_zone: 'UTC' },
        comment: 'REVIEW: an instant, as the clock shows it in UTC',
      };
    case 'time':
    case 'interval':
      return { settings: { type: 'text' }, comment: type.kind };
    case 'oid':
      return { settings: { type: 'bigint' }, comment: 'oid' };
    case 'bytes':
      return { reason: 'Tableau has no type for bytes' };
    default:
      return { settings: { type: formatColumnType(type) } };
  }
}
