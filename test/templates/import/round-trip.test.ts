import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TemplateDescription } from '../../../src/model/world/template-description.ts';
import { describeTemplate } from '../../../src/templates/describe-template.ts';
import { checkGenerated } from '../../../src/templates/generate/check-description.ts';
import { generateDocument } from '../../../src/templates/generate/document.ts';
import { importTemplate } from '../../../src/templates/import/import.ts';
import { templateFromDocument } from '../../../src/templates/open-template.ts';
import { replaceConnection } from '../../../src/templates/live/replace-connection.ts';
import { parseXml } from '../../../src/templates/tds/xml.ts';
import { extracted, extractedTables, live, related } from '../support/documents.ts';
import { liveBefore10, liveModel } from '../support/live-documents.ts';
import { templates } from '../support/random-templates.ts';
import { violations } from '../support/schema.ts';

const opened = (text: string) => templateFromDocument(Buffer.from(text), 'x.tds', 'Shop.tds');

/**
 * What `template show` says of the carried fields. Schema and table may have other names; a formula may name a field by
 * its name or its caption, so what it needs is compared.
 */
function shown(
  { fields, relationships, hierarchies, folders, parameters }: TemplateDescription,
  carried: ReadonlySet<string>,
) {
  const isCarried = (name: string) => carried.has(name);
  const kept = fields.filter(({ name }) => isCarried(name));
  return {
    fields: kept
      .map(({ name, caption, kind, origin, hidden, description, needs, unknown }) => ({
        name,
        caption: caption ?? (kind === 'calculation' ? name : undefined),
        kind,
        column: origin?.column,
        localType: origin?.localType,
        hidden,
        description,
        needs: needs.toSorted(),
        unknown,
      }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    relationships: relationships.map(({ pairs }) => pairs),
    hierarchies: hierarchies
      .map(({ name, fields: levels }) => ({ name, fields: levels.filter(isCarried) }))
      .filter((one) => one.fields.length > 0),
    folders: folders
      .map(({ name, items }) => ({ name, items: items.filter(isCarried) }))
      .filter((one) => one.items.length > 0),
    parameters,
  };
}

/** Imports, generates and reads again: undefined where the description needs a hand before it can be generated. */
function roundTrip(text: string): 'incomplete' | 'same' {
  const original = opened(text);
  const { template } = importTemplate(original);
  const named = (name: string) => template.tables.find((table) => table.name === name)?.columns.length === 0;
  if (checkGenerated(template).length > 0 || template.tables.some(({ name }) => named(name)))
    return 'incomplete';
  const generated = generateDocument(template);
  expect(violations(parseXml(Buffer.from(generated), 'x').root)).toEqual([]);
  const again = opened(generated);
  const { template: back, lost } = importTemplate(again);
  expect(lost).toEqual([]);
  expect({ ...back, name: template.name }).toEqual(template);
  const description = describeTemplate(again);
  const carried = new Set(description.fields.map(({ name }) => name));
  expect(shown(description, carried)).toEqual(shown(describeTemplate(original), carried));
  return 'same';
}

describe('import, generate and show again', () => {
  const fromLive = (text: string) =>
    replaceConnection(text, 'x', { name: 'x', shape: { schema: 'public', tables: [] } }).text;
  it.each(
    Object.entries({
      live: live(),
      'live, spelled plainly': live({ spelling: 'plain' }),
      'an extract': extracted(),
      'two tables': related(),
      'an extract of two tables': extractedTables(),
      'once a live model': fromLive(liveModel()),
      'once of before Tableau 10': fromLive(liveBefore10()),
    }),
  )('give the same for a file of Tableau Desktop: %s', (_, text) => expect(roundTrip(text)).toBe('same'));

  it('give the same for random templates', () => {
    const seen = { same: 0, incomplete: 0 };
    fc.assert(
      fc.property(templates, (text) => {
        seen[roundTrip(text)] += 1;
      }),
      { numRuns: 150, seed: 18 },
    );
    expect(seen.same).toBeGreaterThan(75);
  });
});
