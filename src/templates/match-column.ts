import { formatColumnType } from '../model/config/column-type.ts';
import type { ColumnType } from '../model/config/column-type.ts';
import { shownName } from '../model/world/template-description.ts';
import type { TemplateDescription, TemplateField, Use } from '../model/world/template-description.ts';
import type { Finding, TableShape } from './fit-finding.ts';
import { columnShape } from './local-types.ts';
import { nearest } from '../model/base/nearest.ts';

/** The surroundings of a field and its table. */
export interface Surroundings {
  /** Columns of the extract that no field asks for. */
  extra: readonly { name: string }[];
  template: Pick<TemplateDescription, 'listsColumns'>;
}

/** Compares one field of the template with the table it comes from. */
export function checkColumn(
  field: TemplateField,
  table: TableShape,
  surroundings: Surroundings,
): Finding | undefined {
  const { origin } = field;
  if (origin === undefined) return undefined;
  const actual = table.columns.find(({ name }) => name === origin.column);
  if (actual === undefined) return missing(field, origin.column, table, surroundings);
  return checkType(field, origin, table.name, actual.type);
}

function missing(
  field: TemplateField,
  column: string,
  table: TableShape,
  { extra, template }: Surroundings,
): Finding {
  const facts = { table: table.name, column, field: identity(field), uses: field.uses };
  const sameLetters = table.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  const subject = `${describedField(field)}${usedBy(field.uses)}`;
  // Versions before 0.2.0 did not see what only formulas and the like name: a pipeline that they applied is not blocked.
  const isImplied = !template.listsColumns && field.role === undefined;
  if (sameLetters !== undefined) {
    const { name } = sameLetters;
    const message = `${subject} needs column "${column}" of table "${table.name}", which the extract spells "${name}"`;
    return isImplied
      ? { severity: 'warning', code: 'EXT4312', ...facts, message, nearest: name }
      : { severity: 'error', code: 'EXT4304', ...facts, message, nearest: name };
  }
  const near = nearest(
    column,
    extra.map(({ name }) => name),
  );
  const meant = near === undefined ? '' : `; did it become "${near}"?`;
  const message = `${subject} needs column "${column}", which table "${table.name}" of the extract does not have${meant}`;
  const isHarmless = field.hidden && field.uses.every(({ kind }) => kind === 'folder');
  return {
    severity: isHarmless || isImplied ? 'warning' : 'error',
    code: isImplied ? 'EXT4312' : isHarmless ? 'EXT4303' : 'EXT4302',
    ...facts,
    message,
    ...(near === undefined ? {} : { nearest: near }),
  };
}

function checkType(
  field: TemplateField,
  { column, localType, remoteType }: NonNullable<TemplateField['origin']>,
  table: string,
  type: ColumnType,
): Finding | undefined {
  const facts = { table, column, field: identity(field), uses: field.uses };
  const shape = columnShape(type);
  const written = formatColumnType(type);
  if (shape === undefined) {
    const message = `column "${column}" of table "${table}" has type ${written}, which Tableau has no field type for; cast it`;
    return { severity: 'warning', code: 'EXT4307', ...facts, message };
  }
  if (localType === undefined) return undefined;
  if (shape.localType !== localType) {
    const message = `${describedField(field)}${usedBy(field.uses)} is ${localType} in the template, but column "${column}" of table "${table}" has type ${written}, which is ${shape.localType} in Tableau`;
    return { severity: 'error', code: 'EXT4305', ...facts, message };
  }
  if (remoteType === undefined || remoteType === String(shape.remoteType)) return undefined;
  const message = `column "${column}" of table "${table}" was stored otherwise when the template was saved; it is ${written} now and stays ${localType} in Tableau`;
  return { severity: 'note', code: 'EXT4306', ...facts, message };
}

function identity({ name, caption }: TemplateField): { name: string; caption: string | undefined } {
  return { name, caption };
}

export function describedField(field: TemplateField): string {
  const shown = shownName(field);
  return shown === field.name ? `field "${shown}"` : `field "${shown}" ([${field.name}])`;
}

/** ` (used by calculation "Profit Ratio", relationship Orders and People, and 3 more; sheet "Overview"; dashboard "Sales")` */
function usedBy(uses: readonly Use[]): string {
  if (uses.length === 0) return '';
  const parts = uses.filter(({ kind }) => !isSheet(kind));
  const shown = parts.slice(0, 3).map((use) => `${use.kind} ${withChain(use)}`);
  const more = parts.length > shown.length ? [`and ${parts.length - shown.length} more`] : [];
  const groups = [[...shown, ...more], ...sheetKinds.map((kind) => sheetsOf(kind, uses))];
  return ` (used by ${groups
    .filter((group) => group.length > 0)
    .map((group) => group.join(', '))
    .join('; ')})`;
}

const sheetKinds = ['sheet', 'dashboard', 'story'] as const;

const isSheet = (kind: Use['kind']) => sheetKinds.some((one) => one === kind);

/** Every sheet is named: its author must look at it. What a dashboard shows is among the sheets. */
function sheetsOf(kind: (typeof sheetKinds)[number], uses: readonly Use[]): string[] {
  return uses
    .filter((use) => use.kind === kind)
    .map((use) => `${kind} ${kind === 'sheet' ? withChain(use) : `"${use.name}"`}`);
}

function withChain({ name, through }: Use): string {
  const chain = through.length === 0 ? '' : ` through ${through.map((step) => `"${step}"`).join(', then ')}`;
  return `"${name}"${chain}`;
}
