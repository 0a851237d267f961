import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeTemplate } from '../../src/templates/describe-template.ts';
import { checkFit } from '../../src/templates/match.ts';
import { templateFromDocument } from '../../src/templates/open-template.ts';
import { liveColumns, live } from './support/documents.ts';
import { sheetsOracle } from './support/sheets-needing.ts';
import { workbook, type BoardInside, type SheetInside } from './support/workbooks.ts';

const id = 'federated.sales';

/** A set that an action of a dashboard has left. */
const actionSet = `<group caption='Action (Region)' hidden='true' name='[Action (Region)]' name-style='unqualified' user:auto-column='sheet_link'>
    <groupfilter function='crossjoin'><groupfilter function='level-members' level='[region]' /></groupfilter></group>`;

const text = (sheets: readonly SheetInside[], boards: readonly BoardInside[], chains: readonly number[]) => {
  const columns = chains.map((needed, n) => {
    const formula =
      needed === 0 ? '[amount] + LEN(&quot;[note]&quot;)' : `[Chain ${Math.min(needed, n)}] * 2 // [day]`;
    return `<column caption='Chain ${n + 1}' datatype='real' name='[Chain_${n + 1}]' role='measure' type='quantitative'><calculation class='tableau' formula='${formula}' /></column>`;
  });
  const source = live({ columns: `${liveColumns}${columns.join('')}` }).replace(
    '<drill-paths>',
    `${actionSet}<drill-paths>`,
  );
  return workbook([{ caption: 'Sales', id, text: source }], sheets, boards);
};

const fields = [
  'amount',
  'region',
  'day',
  'note',
  'Calculation_2',
  'Amount (bin)',
  'Region (group)',
  'Chain_1',
  'Chain_2',
  'Chain_3',
];
const field = fc.constantFrom(...fields);

const workbooks = fc
  .record({
    chains: fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }),
    sheets: fc.array(
      fc.record(
        {
          rows: fc.array(field, { maxLength: 3 }),
          filter: field,
          dependsOn: fc.array(field, { maxLength: 2 }),
          title: field,
          action: fc.constant('Action (Region)'),
          source: fc.constantFrom(id, id, id, 'federated.other'),
        },
        { requiredKeys: ['rows', 'source'] },
      ),
      { minLength: 1, maxLength: 6 },
    ),
    boards: fc.array(
      fc.record(
        { shows: fc.array(fc.nat(8), { maxLength: 3 }), filter: field, isStory: fc.constant(true as const) },
        { requiredKeys: ['shows'] },
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ chains, sheets, boards }) => {
    const named = sheets.map((sheet, n) => ({ ...sheet, name: `Sheet <${n}> & 'co'` }));
    const dashboards = boards.map(({ shows, filter, isStory }, n): BoardInside => {
      const known = [...named.map(({ name }) => name), ...boards.slice(0, n).map((_, at) => `Board ${at}`)];
      return {
        name: `Board ${n}`,
        shows: shows.map((one) => known[one % known.length] ?? ''),
        ...(filter !== undefined && isStory !== true && { filter: [id, filter] as const }),
        ...(isStory && { isStory }),
      };
    });
    return text(named, dashboards, chains);
  });

/** What a misfit says needs a column that the extract no longer has. */
function told(document: string, column: string, change: 'drop' | 'rename' | 'retype'): string[] {
  const description = describeTemplate(
    templateFromDocument(Buffer.from(document), 'x', 'x.twb', { kind: 'twb' }),
  );
  const columns = description.fields.flatMap(({ origin }) => {
    if (origin === undefined) return [];
    if (origin.column !== column) return [{ name: origin.column, type: origin.type }];
    if (change === 'drop') return [];
    if (change === 'rename') return [{ name: `new ${column}`, type: origin.type }];
    return [{ name: column, type: { kind: column === 'amount' ? ('text' as const) : ('double' as const) } }];
  });
  const [finding] = checkFit(description, { schema: 'public', tables: [{ name: 'sales', columns }] }).filter(
    (one) => one.column === column && one.field !== undefined,
  );
  const uses = (finding?.uses ?? []).filter(({ kind }) => ['sheet', 'dashboard', 'story'].includes(kind));
  // The message names every one of them, not only the first.
  for (const { kind, name } of uses) expect(finding?.message).toContain(`${kind} "${name}"`);
  return uses.map(({ kind, name }) => `${kind} ${name}`).sort();
}

describe('no sheet breaks unannounced', () => {
  it('in random workbooks', () => {
    let [named, extra, mutations] = [0, 0, 0];
    fc.assert(
      fc.property(workbooks, (document) => {
        const needing = sheetsOracle(document, id);
        for (const column of ['amount', 'region', 'day', 'note'])
          for (const change of ['drop', 'rename', 'retype'] as const) {
            const expected = needing(column);
            const found = told(document, column, change);
            expect(
              expected.filter((one) => !found.includes(one)),
              `${change} ${column} of ${document}`,
            ).toEqual([]);
            extra += found.filter((one) => !expected.includes(one)).length;
            named += expected.length;
            mutations += 1;
          }
      }),
      { numRuns: 60, seed: 18 },
    );
    expect(mutations).toBeGreaterThan(300);
    expect(named).toBeGreaterThan(500);
    const percent = (100 * extra) / named;
    expect(percent, `${extra} sheets too many beside ${named} (${percent.toFixed(3)} %)`).toBeLessThanOrEqual(
      1,
    );
  });
});
