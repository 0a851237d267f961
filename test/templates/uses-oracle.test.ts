import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../src/model/config/column-type.ts';
import { describeTemplate } from '../../src/templates/describe-template.ts';
import { columnShape } from '../../src/templates/local-types.ts';
import { checkFit } from '../../src/templates/match.ts';
import type { ExtractShape } from '../../src/templates/fit-finding.ts';
import { templateFromDocument } from '../../src/templates/open-template.ts';
import { replaceConnection } from '../../src/templates/live/replace-connection.ts';
import { extracted, extractedTables, live, related } from './support/documents.ts';
import { liveJoin, liveModel } from './support/live-documents.ts';
import { needing } from './support/needing.ts';
import { templates } from './support/random-templates.ts';

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

const converted = (text: string) => {
  const shape = { schema: 'public', tables: [] };
  return replaceConnection(text, 'x', { name: 'x', shape }).text;
};

/** More in `npm run test:long`. */
const runs = Number(process.env.USES_RUNS ?? '150');
const seed = Number(process.env.USES_SEED ?? '18');

describe('no field breaks unannounced', () => {
  it.each(
    Object.entries({
      live: live(),
      extracted: extracted(),
      related: related(),
      tables: extractedTables(),
      'once live, related': converted(liveModel()),
      'once live, joined': converted(liveJoin()),
    }),
  )('in a template of Tableau Desktop: %s', (_, text) => {
    const { missed, extra, mutations } = compare(text);
    expect({ missed, extra }).toEqual({ missed: [], extra: [] });
    expect(mutations).toBeGreaterThan(3);
  });

  it(
    'in random templates',
    () => {
      let [named, mutations] = [0, 0];
      const extra: string[] = [];
      fc.assert(
        fc.property(templates, (text) => {
          const result = compare(text);
          named += result.named;
          extra.push(...result.extra);
          mutations += result.mutations;
          expect(result.missed, text).toEqual([]);
        }),
        { numRuns: runs, seed },
      );
      expect(mutations).toBeGreaterThan(2 * runs);
      expect(named).toBeGreaterThan(3 * runs);
      const [percent, first] = [(100 * extra.length) / named, extra.slice(0, 5).join('; ')];
      const figure = `${extra.length} uses too many beside ${named} (${percent.toFixed(3)} %): ${first}`;
      expect(percent, figure).toBeLessThanOrEqual(1);
    },
    60_000 + runs * 60,
  );
});
