import { checkColumn, describedField } from './match-column.ts';
import type { ExtractShape, Finding, TableShape } from './fit-finding.ts';
import type {
  TemplateDescription,
  TemplateField,
  TemplateTable,
} from '../model/world/template-description.ts';
import { nearest } from '../model/base/nearest.ts';
import { withoutObjectId } from './object-id.ts';

/**
 * Finds the mismatches between a template and an extract before the extract is put into it. Names are compared as Tableau
 * does: case-sensitive.
 *
 * Codes: EXT4301 table missing · EXT4302 column missing · EXT4303 hidden column missing, used by nothing · EXT4304 name
 * differs in letter case · EXT4305 type changed · EXT4306 same Tableau type, other Hyper type · EXT4307 type that
 * Tableau has no name for · EXT4308 new column · EXT4309 table not used · EXT4310 columns cannot be traced · EXT4311
 * columns not listed · EXT4312 column missing that a template without a list names · EXT4313 new column that is hidden.
 */
export function checkFit(template: TemplateDescription, shape: ExtractShape): Finding[] {
  const findings: Finding[] = [];
  const used = new Set<TableShape>();
  // Two relations may read the same table: a join with itself.
  const distinct = template.tables.filter(
    (table, n) => template.tables.findIndex((one) => isSameTable(one, table)) === n,
  );
  for (const table of distinct) {
    const actual = shape.tables.find(({ name }) => name === table.name && hasSchemaOf(table, shape));
    const fields = template.fields.filter(
      ({ origin }) => origin?.table !== undefined && isSameTable(origin.table, table),
    );
    if (actual === undefined) {
      findings.push(missingTable(table, fields, shape));
    } else {
      used.add(actual);
      findings.push(...checkTable(table, fields, actual, template));
    }
  }
  findings.push(...checkUnplaced(template, shape));
  for (const table of shape.tables) if (!used.has(table)) findings.push(unusedTable(table, shape, template));
  for (const name of template.opaque) findings.push(opaque(name));
  return findings;
}

function isSameTable(one: TemplateTable, other: TemplateTable): boolean {
  return one.name === other.name && one.schema === other.schema;
}

function hasSchemaOf(table: TemplateTable, shape: ExtractShape): boolean {
  return table.schema === undefined || table.schema === shape.schema;
}

function checkTable(
  table: TemplateTable,
  fields: readonly TemplateField[],
  actual: TableShape,
  template: TemplateDescription,
): Finding[] {
  // The result of a calculation may be in the extract, and need not be.
  const stored = template.fields.flatMap((field): TemplateField[] => {
    const { storedAs } = field;
    const isHere = storedAs?.table !== undefined && isSameTable(storedAs.table, table);
    return isHere && actual.columns.some(({ name }) => name === storedAs.column)
      ? [{ ...field, origin: storedAs }]
      : [];
  });
  const wanted = [...fields, ...stored];
  const expected = new Set(wanted.map(({ origin }) => origin?.column));
  const extra = actual.columns.filter(({ name }) => !expected.has(name));
  const findings = wanted.flatMap((field) => checkColumn(field, actual, { extra, template }) ?? []);
  // A renamed column is one finding, not two: the new name is part of the error about the old one.
  const explained = new Set(findings.map((finding) => finding.nearest));
  const isTraced = template.fields.every(({ origin }) => origin === undefined || origin.table !== undefined);
  if (!isTraced || template.opaque.includes(table.relation)) return findings;
  const appearing = extra.filter(({ name }) => !explained.has(name));
  if (!template.listsColumns) return [...findings, ...(appearing.length > 0 ? [unlisted(actual.name)] : [])];
  return [
    ...findings,
    ...appearing.map(({ name }) => {
      const hidden = hiddenField(name, table, template);
      return hidden === undefined ? newColumn(actual.name, name) : hiddenColumn(actual.name, name, hidden);
    }),
  ];
}

/** A field that is hidden in the template, whose column was left out of its extract. */
function hiddenField(
  column: string,
  { name, caption }: TemplateTable,
  { fields }: TemplateDescription,
): TemplateField | undefined {
  const names = [column, `${column} (${caption ?? withoutObjectId(name)})`];
  return fields.find(
    (field) =>
      field.kind === 'column' && field.origin === undefined && field.hidden && names.includes(field.name),
  );
}

/** Checks columns of a template with several tables that does not say which table they belong to: any table may have them. */
function checkUnplaced(template: TemplateDescription, shape: ExtractShape): Finding[] {
  const unplaced = template.fields.filter(({ origin }) => origin !== undefined && origin.table === undefined);
  const needed = shape.tables.filter(({ name }) => template.tables.some((table) => table.name === name));
  const all = {
    name: needed.map(({ name }) => name).join(', '),
    columns: needed.flatMap(({ columns }) => columns),
  };
  return unplaced.flatMap((field) => checkColumn(field, all, { extra: all.columns, template }) ?? []);
}

function missingTable(table: TemplateTable, fields: readonly TemplateField[], shape: ExtractShape): Finding {
  const wanted = table.schema === undefined ? `"${table.name}"` : `"${table.schema}"."${table.name}"`;
  const isElsewhere = shape.tables.some(({ name }) => name === table.name);
  const near = isElsewhere
    ? table.name
    : nearest(
        table.name,
        shape.tables.map(({ name }) => name),
      );
  const has = isElsewhere
    ? `the extract has it in schema "${shape.schema}"`
    : `the extract has ${shape.tables.map(({ name }) => `"${shape.schema}"."${name}"`).join(', ') || 'no table'}`;
  const count = fields.length === 1 ? 'its one field' : `its ${fields.length} fields`;
  return {
    severity: 'error',
    code: 'EXT4301',
    table: table.name,
    uses: [],
    message: `the template reads ${count} from table ${wanted}, but ${has}`,
    ...(near === undefined ? {} : { nearest: near }),
  };
}

function newColumn(table: string, column: string): Finding {
  const message = `column "${column}" of table "${table}" is not in the template and will appear as a new field`;
  return { severity: 'warning', code: 'EXT4308', table, column, uses: [], message };
}

function hiddenColumn(table: string, column: string, field: TemplateField): Finding {
  const message = `column "${column}" of table "${table}" was left out of the template's extract; its ${describedField(field)} stays hidden`;
  return { severity: 'note', code: 'EXT4313', table, column, uses: [], message };
}

function unlisted(table: string): Finding {
  const message = `the template does not list the columns of table "${table}": Tableau shows every column that the extract has`;
  return { severity: 'note', code: 'EXT4311', table, uses: [], message };
}

function unusedTable(table: TableShape, shape: ExtractShape, template: TemplateDescription): Finding {
  const message = `table "${shape.schema}"."${table.name}" is not used by the template`;
  const severity = template.opaque.length > 0 ? 'note' : 'warning';
  return { severity, code: 'EXT4309', table: table.name, uses: [], message };
}

function opaque(name: string): Finding {
  const message = `the template makes "${name}" from a query or union over the extract; what that needs is not checked`;
  return { severity: 'note', code: 'EXT4310', table: name, uses: [], message };
}
