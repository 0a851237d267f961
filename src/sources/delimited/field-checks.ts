import { formatColumnType } from '../../model/config/column-type.ts';
import type { Column } from '../../model/config/pipeline.ts';
import type { CsvFormat, ValueNotation } from '../../model/config/source.ts';
import { csvDialect, type FieldCheck, type FieldRule, type RecordCheckOptions } from '../csv/index.ts';
import { isText, type Layout } from './layout.ts';
import { rewritesValues, valueRule } from './values/index.ts';

/** Returns the conditions on the fields of a file, by column of the layout. */
export function fieldChecks(format: CsvFormat, { columns, select }: Layout): FieldCheck[] {
  return columns.map((column, index) => ({
    field: select[index] ?? 0,
    rule: ruleOf(column, format),
    isRequired: column.notNull,
    emptyAsNull: !isText(column) && format.nulls.includes(''),
  }));
}

/** Returns the rule by which the text of a field becomes a value of the column; undefined where any text is a value. */
export function ruleOf(column: Column, format: ValueNotation): FieldRule | undefined {
  return valueRule(column, format) ?? lengthRule(column);
}

/** Some columns may give hyperd other text than the file has. */
export function rewritesFields(format: CsvFormat, columns: readonly Column[]): boolean {
  return columns.some((column) => rewritesValues(column, format));
}

/** hyperd takes the first character of a text that is too long for char(1), and refuses others. */
function lengthRule({ type }: Column): FieldRule | undefined {
  if (type.kind !== 'varchar' && type.kind !== 'char') return undefined;
  const { kind, length } = type;
  return {
    isExact: (_, start, end) => end - start <= length,
    read(text) {
      // Blanks at the end of a char(n) are padding.
      const value = kind === 'char' ? text.replace(/ +$/, '') : text;
      const characters = Array.from(value).length;
      if (characters <= length) return { text };
      return {
        problem: `${characters} characters are too long for ${formatColumnType(type)}`,
        hint: `declare the column as ${kind === 'char' ? 'char' : 'varchar'}(${characters}) or text`,
      };
    },
  };
}

/** Returns the conditions under which a file can be read unchanged. */
export function recordCheckOptions(format: CsvFormat, layout: Layout, most?: number): RecordCheckOptions {
  return {
    dialect: csvDialect(format),
    fields: layout.fields,
    checks: fieldChecks(format, layout),
    most,
  };
}
