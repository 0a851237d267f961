import { formatColumnType } from '../../model/config/column-type.ts';
import { columnShape } from '../local-types.ts';
import { checkFields } from './check-fields.ts';
import { checkParameters } from './check-parameters.ts';
import { checkRelationships } from './check-relationships.ts';
import type { GeneratedTemplate } from '../../model/config/data-source.ts';
import type { Problem } from './problem.ts';
import { parseVersion } from './spelling.ts';
import { isXmlText } from './xml.ts';

/**
 * Checks everything that Tableau would only notice when it opens the file, or never.
 *
 * Codes: EXT4401 Tableau version · EXT4402 nothing in it · EXT4403 name given twice · EXT4404 type that Tableau has no
 * name for · EXT4405 text that XML cannot hold · EXT4406 unknown field · EXT4407 ambiguous field · EXT4408 formula that
 * does not read · EXT4409 calculations in a circle · EXT4410 relationship ·
 * EXT4412 value of another type than its parameter · EXT4413 value that its parameter does not allow.
 */
export function checkGenerated(template: GeneratedTemplate): Problem[] {
  const texts = checkTexts(template, []);
  // Names that cannot even be written make every later message unreadable.
  if (texts.length > 0) return texts;
  return [
    ...checkFrame(template),
    ...checkTypes(template),
    ...checkRelationships(template),
    ...checkParameters(template),
    ...checkFields(template),
  ];
}

function checkFrame({ tableau, tables }: GeneratedTemplate): Problem[] {
  const problems: Problem[] = [];
  const [year, release] = parseVersion(tableau) ?? [0, 0];
  if (year < 2020 || (year === 2020 && release < 2)) {
    const message = `"${tableau}" is no version of Tableau from 2020.2 on`;
    problems.push({ code: 'EXT4401', path: ['tableau'], message, hint: 'for example "2023.1"' });
  }
  if (tables.length === 0) problems.push({ code: 'EXT4402', path: ['tables'], message: 'there is no table' });
  for (const [n, { name, columns }] of tables.entries()) {
    const path = ['tables', n, 'columns'];
    if (columns.length === 0)
      problems.push({ code: 'EXT4402', path, message: `table "${name}" has no column` });
  }
  return problems;
}

function checkTypes({ tables }: GeneratedTemplate): Problem[] {
  return tables.flatMap(({ name: table, columns }, t) =>
    columns.flatMap(({ name, type }, c): Problem[] => {
      if (columnShape(type) !== undefined) return [];
      const written = formatColumnType(type);
      return [
        {
          code: 'EXT4404',
          path: ['tables', t, 'columns', c, 'type'],
          message: `column "${name}" of table "${table}" has type ${written}, which Tableau has no field type for`,
          hint:
            type.kind === 'timestamptz'
              ? 'declare it as timestamp with at_zone: UTC, or another zone'
              : 'cast it, for example to text',
        },
      ];
    }),
  );
}

function checkTexts(value: unknown, path: readonly (string | number)[]): Problem[] {
  if (typeof value === 'string') {
    if (isXmlText(value)) return [];
    const message = `${JSON.stringify(value)} contains a character that no XML file can hold`;
    return [{ code: 'EXT4405', path, message }];
  }
  if (Array.isArray(value)) return value.flatMap((item, n) => checkTexts(item, [...path, n]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => checkTexts(item, [...path, key]));
}
