import { bare, below, filtersIn, inFormula, oracleOf, read, type Element } from './needing.ts';

/**
 * An oracle: which sheets, dashboards and stories of a workbook need a column of a data source, read from its text
 * without any of our code.
 */
export function sheetsOracle(workbook: string, id: string): (column: string) => string[] {
  const source = cut(workbook, 'datasource').find(
    (text) => nameIn(text) === id && text.includes('<connection'),
  );
  if (source === undefined) throw new Error(`there is no data source ${id}`);
  const needed = oracleOf(source);
  const sets = new Map(
    read(source)
      .filter(({ name, parent }) => name === 'group' && parent?.name === 'datasource')
      .map((group) => [bare(group.attributes.name), filtersIn(group)]),
  );
  const sheets = cut(workbook, 'worksheet').map((text) => ({
    name: nameIn(text),
    names: mentions(text, id),
  }));
  const boards = cut(workbook, 'dashboard').map((text) => ({
    kind: /^<dashboard[^>]*\stype='storyboard'/.test(text) ? 'story' : 'dashboard',
    name: nameIn(text),
    names: mentions(text, id),
    shows: read(text).flatMap(({ name, attributes }) =>
      name === 'zone'
        ? (attributes.name ?? [])
        : name === 'story-point'
          ? (attributes['captured-sheet'] ?? [])
          : [],
    ),
  }));
  return (column) => {
    const { reached, meant } = needed(column);
    const isNeeded = (names: ReadonlySet<string>) =>
      [...names].some(
        (name) => (sets.get(name) ?? [name]).some((one) => reached.has(meant(one))) || reached.has(name),
      );
    const affected = new Set(sheets.flatMap(({ name, names }) => (isNeeded(names) ? name : [])));
    const found = [...affected].map((name) => `sheet ${name}`);
    for (let before = -1; before < affected.size;) {
      before = affected.size;
      for (const { kind, name, names, shows } of boards) {
        if (affected.has(name) || !(isNeeded(names) || shows.some((one) => affected.has(one)))) continue;
        affected.add(name);
        found.push(`${kind} ${name}`);
      }
    }
    return [...new Set(found)].sort();
  };
}

/** The elements of a name that are not inside one of the same name, as text. */
function cut(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}(?: [^>]*)?>[^]*?</${name}>`, 'g'))].map(([found]) => found);
}

const nameIn = (text: string) => read(text)[0]?.attributes.name ?? '';

/** Fields that a sheet names by `[data source].[field]`, and those that it says it depends on. */
function mentions(text: string, id: string): Set<string> {
  const elements = read(text);
  const names = new Set<string>();
  const instances = new Map<string, string>();
  const listing = new Set<Element>();
  for (const one of elements.filter(({ name }) => name === 'datasource-dependencies')) {
    for (const inner of below(one)) listing.add(inner);
    if (one.attributes.datasource !== id) continue;
    for (const child of one.children) {
      const column = bare(child.name === 'column-instance' ? child.attributes.column : child.attributes.name);
      if (child.name === 'column-instance') instances.set(bare(child.attributes.name), column);
      names.add(column);
      for (const { name, attributes } of child.children)
        if (name === 'calculation')
          for (const field of inFormula(`${attributes.formula ?? ''} ${attributes.column ?? ''}`))
            names.add(field);
    }
  }
  for (const element of elements) {
    if (element.name === 'format' || listing.has(element)) continue;
    for (const value of [...Object.values(element.attributes), element.text])
      for (const name of after(value ?? '', `[${id.replaceAll(']', ']]')}].[`))
        names.add(instances.get(name) ?? name);
  }
  return names;
}

/** The names that follow a prefix, up to a single closing bracket. */
function after(value: string, prefix: string): string[] {
  return value
    .split(prefix)
    .slice(1)
    .map((rest) => /^(?:[^\]]|\]\])*/.exec(rest)?.[0].replaceAll(']]', ']') ?? '');
}
