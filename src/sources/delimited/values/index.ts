/**
 * The grammar of values in text. hyperd changes text to fit: it rounds, cuts, drops offsets, reads `1,234` as 1234
 * and `now` as the time of the load. Here is the one grammar of numbers, dates and times that a text must follow, so
 * that hyperd reads exactly what is written; docs/files.md has it as a table.
 */
import type { Column } from '../../../model/config/pipeline.ts';
import type { CsvFormat } from '../../../model/config/source.ts';
import { booleanRule } from './booleans.ts';
import { floatRule } from './floats.ts';
import { geographyRule } from './geography.ts';
import { integerRule } from './integers.ts';
import { intervalRule } from './intervals.ts';
import { dateRule, timeRule, timestampRule, timestamptzRule, type MomentSettings } from './moments.ts';
import { hasPlainSigns, type NumberSigns } from './number-text.ts';
import { numericRule } from './numerics.ts';
import type { ValueRule } from './value-rule.ts';
import { openZone } from './zone.ts';

export { isRefused, type Reading, type ValueRule } from './value-rule.ts';

/** The parts of a format that affect values. */
export type ValueFormat = Pick<CsvFormat, 'dateOrder' | 'isDateOrderSet' | 'decimal' | 'thousands'>;

/** Undefined where any text is a value of the type, or hyperd refuses it without changing any. */
export function valueRule(column: Column, format: ValueFormat): ValueRule | undefined {
  const signs = signsOf(format);
  const isAssumed = format.dateOrder === 'MDY' && format.isDateOrderSet !== true;
  const moments = { order: format.dateOrder, isAssumed, decimal: signs.decimal };
  const { type } = column;
  switch (type.kind) {
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'oid':
      return integerRule(type.kind, signs);
    case 'numeric':
      return numericRule({ ...type, rounds: column.round === 'half_up' }, signs);
    case 'real':
    case 'double':
      return floatRule(signs);
    case 'date':
      return dateRule(moments, settingsOf(column));
    case 'time':
      return timeRule(moments, settingsOf(column));
    case 'timestamp':
      return timestampRule(moments, settingsOf(column));
    case 'timestamptz':
      return timestamptzRule(moments, settingsOf(column));
    case 'interval':
      return intervalRule(column.onInfinite === 'null');
    case 'boolean':
      return booleanRule;
    case 'geography':
      return geographyRule;
    default:
      return undefined;
  }
}

/**
 * True if the rule mostly answers with other text than the file has, so that the file cannot be read as it is written.
 * A rare spelling is found while hyperd reads, and the file is read again (`NotAsWritten`). `round` is not among the
 * reasons: hyperd rounds half away from zero by itself.
 */
export function rewritesValues(column: Column, format: CsvFormat): boolean {
  const hasOtherSigns = !hasPlainSigns(signsOf(format));
  switch (column.type.kind) {
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'oid':
    case 'numeric':
    case 'real':
    case 'double':
      return hasOtherSigns;
    case 'time':
      return hasOtherSigns || column.truncate !== undefined;
    case 'date':
      return column.onInfinite === 'null' || column.atZone !== undefined;
    case 'timestamp':
    case 'timestamptz': {
      // Text without an offset is UTC in any case.
      const isMoved =
        column.atZone !== undefined && (column.type.kind === 'timestamp' || column.atZone !== 'UTC');
      return hasOtherSigns || column.truncate !== undefined || column.onInfinite === 'null' || isMoved;
    }
    case 'interval':
      return column.onInfinite === 'null';
    default:
      return false;
  }
}

function signsOf({ decimal = '.', thousands }: ValueFormat): NumberSigns {
  return { decimal, thousands };
}

function settingsOf({ atZone, truncate, onInfinite, name }: Column): MomentSettings {
  const rules = atZone === undefined ? undefined : openZone(atZone);
  if (atZone !== undefined && rules === undefined)
    throw new Error(`no rules of the zone ${atZone} of ${name}`);
  return {
    zone: atZone === undefined || rules === undefined ? undefined : { name: atZone, rules },
    truncates: truncate !== undefined,
    infiniteIsNull: onInfinite === 'null',
  };
}
