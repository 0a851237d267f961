import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../src/model/config/column-type.ts';
import { describeTemplate } from '../../src/templates/describe-template.ts';
import { columnShape } from '../../src/templates/local-types.ts';
import { checkFit } from '../../src/templates/match.ts';
import type { ExtractShape } from '../../src/templates/fit-finding.ts';
import { templateFromDocument } from '../../src/templates/open-template.ts';
import { extracted, extractedTables, live, record, related } from './support/documents.ts';
import { needing } from './support/needing.ts';

/** How a column of the extract changes. */
const changes = ['drop', 'rename', 'retype'] as const;

/** Names what a plan says needs a column: `calculation Net`. */
function told(
  text: string,
  column: { table: string; name: string },
  change: (typeof changes)[number],
): string[] {
  const description = describeTemplate(templateFromDocument(Buffer.from(text), 'x', 'x.tds'));
  const [schema = 'Extract'] = description.tables.flatMap((table) => table.schema ?? []);
  const shape: ExtractShape = {
    schema,
    tables: description.tables.map(({ name }) => ({
      name,
      columns: description.fields.flatMap(({ origin }) => {
        if (origin?.table?.name !== name) return [];
        if (name !== column.table || origin.column !== column.name)
          return [{ name: origin.column, type: origin.type }];
        if (change === 'drop') return [];
        if (change === 'rename') return [{ name: `${origin.column} of another name`, type: origin.type }];
        return [{ name: origin.column, type: otherType(origin.type) }];
      }),
    })),
  };
  const findings = checkFit(description, shape).filter(
    (finding) =>
      finding.column === column.name && finding.table === column.table && finding.field !== undefined,
  );
  return [...new Set(findings.flatMap(({ uses }) => uses.map(({ kind, name }) => `${kind} ${name}`)))].sort();
}

const otherType = (type: ColumnType): ColumnType =>
  columnShape(type)?.localType === 'string' ? { kind: 'double' } : { kind: 'text' };

/** Every column of a template, held against a reader that knows nothing of ours. */
function compare(text: string): { missed: string[]; extra: string[]; named: number; mutations: number } {
  const { fields, listsColumns } = describeTemplate(templateFromDocument(Buffer.from(text), 'x', 'x.tds'));
  const result = { missed: [] as string[], extra: [] as string[], named: 0, mutations: 0 };
  for (const { name, origin } of fields) {
    if (origin?.table === undefined) continue;
    for (const change of changes) {
      // Nothing says which type a column has that the .tds does not list.
      if (change === 'retype' && (!listsColumns || origin.localType === undefined)) continue;
      const expected = needing(text, name);
      const found = told(text, { table: origin.table.name, name: origin.column }, change);
      result.missed.push(
        ...expected.filter((use) => !found.includes(use)).map((use) => `${change} ${name}: ${use}`),
      );
      result.extra.push(
        ...found.filter((use) => !expected.includes(use)).map((use) => `${change} ${name}: ${use}`),
      );
      result.named += expected.length;
      result.mutations += 1;
    }
  }
  return result;
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;').replaceAll('"', '&quot;');

/** Names that look like others, like syntax, or like an instance. */
const columnNames = ['a', 'A', 'amount', 'Amount ($)', 'none', 'net (of tax)', "it's", 'sum:x', 'Größe'];

/** A template of one table with random calculations, groups, bins, sets, hierarchies, folders and filters. */
const templates = fc
  .record({
    columns: fc.uniqueArray(fc.constantFrom(...columnNames), { minLength: 1, maxLength: 6 }),
    made: fc.array(
      fc.record({
        kind: fc.constantFrom('calculation', 'bin', 'group', 'set', 'hierarchy', 'folder', 'filter'),
        needs: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        decoy: fc.nat(),
        byCaption: fc.boolean(),
        wraps: fc.constantFrom('plain', 'string', 'comment'),
      }),
      { maxLength: 10 },
    ),
    spelling: fc.constantFrom('prefixed' as const, 'plain' as const),
    listed: fc.boolean(),
  })
  .map(({ columns, made, spelling, listed }) => {
    const elements: Record<'columns' | 'groups' | 'paths' | 'folders' | 'filters', string[]> = {
      columns: columns.map(
        (name) => `<column datatype='real' name='[${escaped(name)}]' role='measure' type='quantitative' />`,
      ),
      groups: [],
      paths: [],
      folders: [],
      filters: [],
    };
    // Calculations may name whatever was before them, by name or by caption.
    const fields = columns.map((name) => ({ name, caption: name }));
    const used = new Set<string>();
    const pick = (n: number) =>
      fields[n % fields.length] ?? { name: columns[0] ?? '', caption: columns[0] ?? '' };
    made.forEach(({ kind, needs, decoy, byCaption, wraps }, index) => {
      const needed = needs.map(pick);
      const reference = (field: { name: string; caption: string }) =>
        `[${(byCaption ? field.caption : field.name).replaceAll(']', ']]')}]`;
      const hidden = reference(pick(decoy));
      const wrapped = { plain: '', string: ` + LEN("${hidden}")`, comment: ` /* ${hidden} */ // ${hidden}` }[
        wraps
      ];
      const own = { name: `Made_${index}`, caption: `Made ${index}` };
      const head = (datatype: string) =>
        `<column caption='${own.caption}' datatype='${datatype}' name='[${own.name}]' role='dimension' type='ordinal'>`;
      const [first = ''] = needed.map(({ name }) => escaped(name));
      switch (kind) {
        case 'calculation': {
          const formula = escaped(needed.map(reference).join(' + ') + wrapped);
          elements.columns.push(
            `${head('real')}<calculation class='tableau' formula='${formula}' /></column>`,
          );
          break;
        }
        case 'bin':
          elements.columns.push(
            `${head('integer')}<calculation class='bin' formula='[${first}]' size='1' /></column>`,
          );
          break;
        case 'group':
          elements.columns.push(
            `${head('string')}<calculation class='categorical-bin' column='[${first}]' new-bin='true' /></column>`,
          );
          break;
        case 'set':
          elements.groups.push(
            `<group caption='${own.caption}' name='[${own.name}]'><groupfilter function='level-members' level='[${first}]' /></group>`,
          );
          break;
        case 'hierarchy':
          elements.paths.push(
            `<drill-path name='${own.caption}'>${needed.map(({ name }) => `<field>[${escaped(name)}]</field>`).join('')}</drill-path>`,
          );
          return;
        case 'folder':
          elements.folders.push(
            `<folder name='${own.caption}'>${needed.map(({ name }) => `<folder-item name='[${escaped(name)}]' type='field' />`).join('')}</folder>`,
          );
          return;
        default:
          if (used.has(first)) return;
          used.add(first);
          elements.filters.push(
            `<filter class='categorical' column='[none:${first}:nk]'><groupfilter function='member' level='[none:${first}:nk]' /></filter>`,
          );
          return;
      }
      if (kind !== 'set') fields.push(own);
    });
    const semantics = `${elements.groups.join('')}<drill-paths>${elements.paths.join('')}</drill-paths><folders-common>${elements.folders.join('')}</folders-common>${elements.filters.join('')}`;
    const records = listed ? columns.map((name) => record(escaped(name), 'real', 5)).join('') : '';
    return live({ spelling, semantics, columns: elements.columns.join('\n'), records });
  });

describe('no field breaks unannounced', () => {
  it.each(
    Object.entries({ live: live(), extracted: extracted(), related: related(), tables: extractedTables() }),
  )('in a template of Tableau Desktop: %s', (_, text) => {
    const { missed, extra, mutations } = compare(text);
    expect({ missed, extra }).toEqual({ missed: [], extra: [] });
    expect(mutations).toBeGreaterThan(3);
  });

  it('in random templates', () => {
    let [named, extra, mutations] = [0, 0, 0];
    fc.assert(
      fc.property(templates, (text) => {
        const result = compare(text);
        named += result.named;
        extra += result.extra.length;
        mutations += result.mutations;
        expect(result.missed, text).toEqual([]);
      }),
      { numRuns: 150, seed: 18 },
    );
    expect(mutations).toBeGreaterThan(300);
    expect(named).toBeGreaterThan(500);
    expect(extra).toBeLessThanOrEqual(named / 100);
  });
});
