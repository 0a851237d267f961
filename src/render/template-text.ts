import pc from 'picocolors';
import { counted } from '../model/base/numbers.ts';
import {
  shownName,
  type TemplateDescription,
  type TemplateField,
  type TemplateParameter,
  type TemplateTable,
  type Use,
} from '../model/world/template-description.ts';
import { alignColumns } from './align-columns.ts';
import { printable } from './text-width.ts';

/** A data source for the terminal: tables with their fields, what is calculated from them, and what uses what. */
export function renderTemplate(template: TemplateDescription, color: boolean): string {
  const paint = pc.createColors(color);
  const { name, flavour, writtenBy, entry, tables, fields } = template;
  const unplaced = fields.filter(({ kind, origin }) => kind === 'column' && origin?.table === undefined);
  const others = fields.filter(({ kind }) => kind !== 'column');
  // A field made of columns has an internal name that users do not know.
  const shown = new Map(others.map((field) => [field.name, shownName(field)]));
  const list = (names: readonly string[], between: string) =>
    names.map((one) => shown.get(one) ?? one).join(between);
  const sections: [title: string, lines: string[]][] = [
    [flavour === 'database' ? 'Reads' : 'Made from', originLines(template)],
    ...tables.map((table): [string, string[]] => [
      `Table ${tableName(table)}`,
      [
        ...alignColumns(fields.filter(({ origin }) => origin?.table === table).map(columnRow)),
        ...(template.listsColumns ? [] : ['(the file does not list its columns)']),
      ],
    ]),
    ['Fields of no table', alignColumns(unplaced.map(columnRow))],
    ['Made of them', alignColumns(others.map(madeRow))],
    ['Relationships', template.relationships.map(relationship)],
    ['Hierarchies', template.hierarchies.map((one) => `${one.name}: ${list(one.fields, ' > ')}`)],
    ['Folders', template.folders.map((one) => `${one.name}: ${list(one.items, ', ')}`)],
    ['Data source filters', template.filters.map(({ field }) => shown.get(field) ?? field)],
    ['Parameters', alignColumns(template.parameters.map(parameterRow))],
    ['Sheets', (template.sheets ?? []).map(({ kind, name: sheet }) => `${kind} ${sheet}`)],
    ['Queries and unions, not traced', [...template.opaque]],
    ['Files that it does not name, left out unless keep_unnamed: true', [...template.unnamed]],
  ];
  const written = writtenBy === undefined ? '' : `, written by Tableau ${writtenBy}`;
  return [
    `${paint.bold(printable(name))}  ${flavours[flavour]}${written}`,
    `${counted(fields.length, 'field')}${entry === undefined ? '' : `, extract in ${entry}`}${template.isWithoutExtract ? ' (not in the package)' : ''}`,
    ...sections
      .filter(([, lines]) => lines.length > 0)
      .flatMap(([title, lines]) => [
        '',
        paint.bold(printable(title)),
        ...lines.map((line) => `  ${printable(line)}`),
      ]),
    '',
  ].join('\n');
}

const flavours = {
  live: 'live',
  extract: 'extract of another source',
  database: 'live connection without an extract',
} as const;

function originLines({ origin }: TemplateDescription): string[] {
  if (origin === undefined) return [];
  const connections = origin.connections.map(({ class: kind, caption, server, database }) =>
    [
      kind,
      server === undefined ? '' : `server ${server}`,
      database === undefined ? '' : `database ${database}`,
      caption === undefined || caption === server || caption === database ? '' : `(${caption})`,
    ]
      .filter((part) => part !== '')
      .join(' '),
  );
  return [
    ...connections,
    ...origin.queries.map(({ name, sql }) => `query ${name}: ${sql.replaceAll(/\s+/g, ' ')}`),
    ...(origin.incrementKey === undefined ? [] : [`refreshed incrementally by ${origin.incrementKey}`]),
  ];
}

function tableName({ schema, name, caption }: TemplateTable): string {
  const whole = schema === undefined ? `"${name}"` : `"${schema}"."${name}"`;
  return caption === undefined || caption === name ? whole : `${whole}, shown as ${caption}`;
}

function columnRow(field: TemplateField): string[] {
  const { name, origin } = field;
  const column = origin?.column ?? name;
  const shown = shownName(field) === column ? '' : `shown as ${shownName(field)}`;
  return [column, field.datatype ?? '', traits(field), shown, usedBy(field.uses)];
}

function madeRow(field: TemplateField): string[] {
  const { kind, formula, readableFormula = formula, needs, unknown } = field;
  // A formula may have many lines; a table has one for each field.
  const made = readableFormula?.replaceAll(/\s+/g, ' ') ?? needs.map((name) => `[${name}]`).join(', ');
  const lost = unknown.length === 0 ? '' : `unknown: ${unknown.map((name) => `[${name}]`).join(', ')}`;
  return [shownName(field), kind, field.datatype ?? '', traits(field), made, lost, usedBy(field.uses)];
}

function traits({ role, aggregation, hidden }: TemplateField): string {
  return [role, aggregation?.toLowerCase(), hidden ? 'hidden' : undefined].filter(Boolean).join(', ');
}

/** The most values of a list that are shown; --json has all of them. */
const shownValues = 12;

function parameterRow(parameter: TemplateParameter): string[] {
  const { datatype, value, list, range } = parameter;
  const literal = (text: string) => (datatype === 'string' ? JSON.stringify(text) : text);
  const name = `${shownName(parameter)} (${datatype})`;
  return [name, value === undefined ? '' : literal(value), list ? listText(list, literal) : rangeText(range)];
}

function listText(list: NonNullable<TemplateParameter['list']>, literal: (text: string) => string): string {
  const values = list
    .slice(0, shownValues)
    .map(({ value, alias }) => (alias === undefined ? literal(value) : `${literal(value)} (${alias})`));
  const more = list.length - values.length;
  return `one of ${[...values, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`;
}

function rangeText(range: TemplateParameter['range']): string {
  if (range === undefined) return '';
  const { min, max, step, unit } = range;
  return [
    ...(min === undefined ? [] : [`from ${min}`]),
    ...(max === undefined ? [] : [`to ${max}`]),
    ...(step === undefined ? [] : [`in steps of ${step}${unit === undefined ? '' : ` ${unit}`}`]),
  ].join(' ');
}

function usedBy(uses: readonly Use[]): string {
  if (uses.length === 0) return '';
  const named = uses.map(({ kind, name, through }) => {
    return through.length === 0 ? `${kind} ${name}` : `${kind} ${name} through ${through.join(', ')}`;
  });
  return `<- ${named.join('; ')}`;
}

function relationship({ first, second, pairs }: TemplateDescription['relationships'][number]): string {
  return `${first} - ${second}: ${pairs.join(' and ')}`;
}
