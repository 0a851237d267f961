import { shownName } from '../model/world/template-description.ts';
import type { TemplateField, Use } from '../model/world/template-description.ts';
import { ownFields } from './reference-kind.ts';
import type { ReadSource } from './read-source.ts';
import type { Resolve } from './field-resolver.ts';
import { sheetUses } from './sheet-uses.ts';

type Field = Omit<TemplateField, 'uses'>;
type EndUse = Omit<Use, 'through'>;

/**
 * Returns what needs a field, directly or through calculations. Each use has the shortest chain that leads to it. A
 * folder only shows a field, so it counts for the fields in it and not for those that they are made of.
 */
export function usesOf(
  fields: readonly Field[],
  template: Pick<ReadSource, 'source' | 'hyper'>,
  resolve: Resolve,
): (name: string) => Use[] {
  const needing = new Map<string, Field[]>();
  for (const field of fields) for (const need of field.needs) push(needing, need, field);
  const ends = endUses(fields, template, resolve);
  const sheetsOf = sheetUses(template.source, resolve);

  return (name) => {
    const uses: Use[] = [];
    const chains = new Map<string, readonly string[]>([[name, []]]);
    let wave: { name: string; through: readonly string[] }[] = [{ name, through: [] }];
    while (wave.length > 0) {
      const next: typeof wave = [];
      for (const { name: current, through } of wave) {
        uses.push(...(ends.get(current) ?? []).map((use) => ({ ...use, through })));
        for (const field of needing.get(current) ?? []) {
          if (field.kind === 'column' || chains.has(field.name)) continue;
          uses.push({ kind: field.kind, name: shownName(field), through });
          const chain = [...through, shownName(field)];
          chains.set(field.name, chain);
          next.push({ name: field.name, through: chain });
        }
      }
      wave = next;
    }
    const kept = uses.filter(({ kind, through }) => kind !== 'folder' || through.length === 0);
    return [...kept, ...sheetsOf(chains)];
  };
}

/** Uses that are no fields themselves, by the name of the field they need. */
function endUses(
  fields: readonly Field[],
  { source, hyper }: Pick<ReadSource, 'source' | 'hyper'>,
  resolve: Resolve,
): ReadonlyMap<string, EndUse[]> {
  const uses = new Map<string, EndUse[]>();
  const add = (use: EndUse, references: readonly string[]) => {
    const names = new Set(references.flatMap((reference) => resolve(reference)?.name ?? []));
    for (const name of names) push(uses, name, use);
  };
  const inFormulas = ownFields(source);
  const captions = new Map(source.objects.map(({ id, caption }) => [id, caption ?? id]));
  const tableOf = (objectId: string) => captions.get(objectId) ?? objectId;

  for (const relation of hyper.relations) {
    if (relation.kind !== 'join') continue;
    const joined = fields.filter(({ origin }) =>
      relation.columns.some(
        (end) => end.relation === origin?.table?.relation && end.column === origin.column,
      ),
    );
    const tables = [...new Set(relation.columns.map((end) => end.relation))];
    add(
      { kind: 'join', name: tables.join(' and ') },
      joined.map(({ name }) => name),
    );
  }
  for (const { first, second, pairs } of source.relationships) {
    const name = `${tableOf(first.objectId)} and ${tableOf(second.objectId)}`;
    add({ kind: 'relationship', name }, inFormulas(pairs.flatMap((pair) => [pair.first, pair.second])));
  }
  for (const { name, fields: levels } of source.hierarchies) add({ kind: 'hierarchy', name }, levels);
  for (const filter of source.filters) {
    const name = resolve(filter.field)?.name ?? filter.field;
    add({ kind: 'filter', name }, [...filter.fields, ...inFormulas(filter.formulas)]);
  }
  for (const { name, items } of source.folders) {
    add(
      { kind: 'folder', name },
      items.flatMap((item) => (item.kind === 'field' ? [item.name] : [])),
    );
  }
  return uses;
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
