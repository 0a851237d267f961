/**
 * An oracle: what of a data source needs a column, read from the text of the .tds with another reader than ours. Names
 * are those that users know: `calculation Net`, `hierarchy When`.
 */
export function needing(text: string, column: string): string[] {
  return oracleOf(text)(column).found;
}

/** What a column leads to: names of fields, and what else needs it. */
export interface Led {
  reached: ReadonlySet<string>;
  found: string[];
  /** The field that a reference means. */
  meant: (written: string) => string;
}

export function oracleOf(text: string): (column: string) => Led {
  const elements = read(text);
  return (column) => lead(elements, column);
}

function lead(elements: Element[], column: string): Led {
  const of = (name: string) => elements.filter((element) => element.name === name);
  const declared = of('column').filter(({ parent }) => parent?.name === 'datasource');
  const named = new Map<string, Set<string>>();
  const captions = new Map<string, string>();
  for (const { attributes } of declared) {
    const name = bare(attributes.name);
    const caption = attributes.caption ?? name;
    captions.set(name, caption);
    named.set(caption, (named.get(caption) ?? new Set()).add(name));
  }
  const known = new Set([
    ...captions.keys(),
    ...of('local-name').map(({ text: inside }) => bare(inside)),
    ...of('group').map(({ attributes }) => bare(attributes.name)),
  ]);
  // A name goes before a caption; what nothing declares is a column.
  const meant = (written: string): string => {
    const plain = known.has(written) ? written : (/^[a-z]+:(.+):[a-z]{2}$/.exec(written)?.[1] ?? written);
    if (known.has(plain)) return plain;
    const [only, second] = [...(named.get(plain) ?? [])];
    return only !== undefined && second === undefined ? only : plain;
  };

  const needs = new Map<string, { kind: string; shown: string; of: Set<string> }>();
  for (const element of declared) {
    const [calculation] = element.children.filter(({ name }) => name === 'calculation');
    if (calculation === undefined) continue;
    const kind =
      { bin: 'bin', 'categorical-bin': 'group' }[calculation.attributes.class ?? ''] ?? 'calculation';
    const references = [calculation.attributes.formula ?? '', calculation.attributes.column ?? ''].flatMap(
      inFormula,
    );
    const name = bare(element.attributes.name);
    needs.set(name, { kind, shown: captions.get(name) ?? name, of: new Set(references.map(meant)) });
  }
  for (const group of of('group')) {
    // What actions of dashboards leave is no set of users.
    if (group.attributes.hidden === 'true' && group.attributes['user:auto-column'] !== undefined) continue;
    const name = bare(group.attributes.name);
    needs.set(name, {
      kind: 'set',
      shown: group.attributes.caption ?? name,
      of: new Set(filtersIn(group).map(meant)),
    });
  }

  const reached = new Set([column]);
  const found = new Set<string>();
  for (let before = -1; before < reached.size;) {
    before = reached.size;
    for (const [name, need] of needs) {
      if (name === column || ![...need.of].some((one) => reached.has(one) && one !== name)) continue;
      reached.add(name);
      found.add(`${need.kind} ${need.shown}`);
    }
  }
  const any = (names: readonly string[]) => names.map(meant).some((name) => reached.has(name));
  for (const path of of('drill-path'))
    if (any(path.children.map(({ text: inside }) => bare(inside))))
      found.add(`hierarchy ${path.attributes.name}`);
  for (const folder of of('folder'))
    if (
      folder.children.some(
        ({ attributes }) => attributes.type === 'field' && meant(bare(attributes.name)) === column,
      )
    )
      found.add(`folder ${folder.attributes.name}`);
  for (const filter of of('filter')) {
    const own = last(filter.attributes.column ?? '');
    if (any([own, ...filtersIn(filter)])) found.add(`filter ${meant(own)}`);
  }
  const objects = new Map(of('object').map(({ attributes }) => [attributes.id, attributes.caption]));
  for (const relationship of of('relationship')) {
    const ends = relationship.children.filter(({ name }) => name.endsWith('-end-point'));
    const operands = below(relationship).flatMap(({ attributes }) => inFormula(attributes.op ?? ''));
    const shown = ends.map(({ attributes }) => objects.get(attributes['object-id'])).join(' and ');
    if (operands.map(meant).includes(column)) found.add(`relationship ${shown}`);
  }
  for (const join of joinsIn(elements))
    if (join.columns.map(fieldOf(elements)).includes(column)) found.add(`join ${join.name}`);
  return { reached, found: [...found].sort(), meant };
}

/** The joins over the .hyper: those of the extract, or of a data source without one. */
function joinsIn(
  elements: readonly Element[],
): { name: string; columns: [relation: string, column: string][] }[] {
  const extract = elements.find(
    ({ name, attributes }) => name === 'extract' && attributes.enabled === 'true',
  );
  const above = ({ parent }: Element): Element[] => (parent === undefined ? [] : [parent, ...above(parent)]);
  const isOurs = (element: Element) => {
    const parents = above(element);
    return (
      !parents.some(({ name }) => name === 'object') &&
      parents.some((one) => one === extract) === (extract !== undefined)
    );
  };
  return elements
    .filter((one) => one.name === 'relation' && one.attributes.type === 'join' && isOurs(one))
    .map((join) => {
      const columns = join.children
        .filter(({ name }) => name === 'clause')
        .flatMap(below)
        .flatMap(({ attributes }): [string, string][] => {
          const [, relation, name] =
            /^\[((?:[^\]]|\]\])*)\]\.\[((?:[^\]]|\]\])*)\]$/.exec(attributes.op ?? '') ?? [];
          return relation === undefined || name === undefined
            ? []
            : [[relation.replaceAll(']]', ']'), name.replaceAll(']]', ']')]];
        });
      return { name: [...new Set(columns.map(([relation]) => relation))].join(' and '), columns };
    });
}

/** The field of a column of a relation, by the records that describe columns. */
function fieldOf(elements: readonly Element[]): (column: [string, string]) => string | undefined {
  const records = elements.filter(({ name }) => name === 'metadata-record');
  const textOf = (record: Element, wanted: string) =>
    record.children.find(({ name }) => name === wanted)?.text;
  return ([relation, column]) => {
    const record = records.find(
      (one) => bare(textOf(one, 'parent-name')) === relation && textOf(one, 'remote-name') === column,
    );
    return record && bare(textOf(record, 'local-name'));
  };
}

export interface Element {
  name: string;
  attributes: Record<string, string | undefined>;
  children: Element[];
  parent: Element | undefined;
  text: string;
}

/** All elements in order, without those that only readers of before the object model see. */
export function read(text: string): Element[] {
  const current = text
    .replace(/<!--[^]*?-->|<\?[^]*?\?>/g, '')
    .replace(/<_\.fcp\.\w+\.false\.\.\.([\w-]+)[^>]*(?:\/>|>[^]*?<\/_\.fcp\.\w+\.false\.\.\.\1>)/g, '')
    .replaceAll(/_\.fcp\.\w+\.true\.\.\./g, '');
  const all: Element[] = [];
  let open: Element | undefined;
  for (const [, closing, name = '', inside = '', empty, words] of current.matchAll(
    /<(\/?)([\w.:-]+)((?:\s+[\w.:-]+=(?:'[^']*'|"[^"]*"))*)\s*(\/?)>|([^<]+)/g,
  )) {
    if (words !== undefined) {
      if (open !== undefined) open.text += decode(words);
      continue;
    }
    if (closing === '/') {
      open = open?.parent;
      continue;
    }
    const attributes = Object.fromEntries(
      [...inside.matchAll(/([\w.:-]+)=(?:'([^']*)'|"([^"]*)")/g)].map(([, key = '', single, double]) => [
        key,
        decode(single ?? double ?? ''),
      ]),
    );
    const element: Element = { name, attributes, children: [], parent: open, text: '' };
    open?.children.push(element);
    all.push(element);
    if (empty !== '/') open = element;
  }
  return all;
}

export const below = (element: Element): Element[] =>
  element.children.flatMap((child) => [child, ...below(child)]);

export const filtersIn = (element: Element): string[] =>
  below(element).flatMap(({ attributes }) => [
    ...[attributes.level, attributes.field].flatMap((path) => (path === undefined ? [] : [last(path)])),
    ...inFormula(attributes.expression ?? ''),
  ]);

/** The fields of a formula, letter by letter: strings and comments are skipped, parameters left out. */
export function inFormula(formula: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at < formula.length; at += 1) {
    const letter = formula[at] ?? '';
    const skipTo = (end: string) => {
      const found = formula.indexOf(end, at + 1);
      at = found < 0 ? formula.length : found + end.length - 1;
    };
    if (letter === '"' || letter === "'") skipTo(letter);
    else if (formula.startsWith('//', at)) skipTo('\n');
    else if (formula.startsWith('/*', at)) skipTo('*/');
    else if (letter === '[') {
      let name = '';
      for (at += 1; at < formula.length && (formula[at] !== ']' || formula[at + 1] === ']'); at += 1) {
        name += formula[at] ?? '';
        if (formula[at] === ']') at += 1;
      }
      if (formula.startsWith('.[', at + 1)) continue;
      if (!formula.slice(0, at).endsWith(`[Parameters].[${name}`)) fields.push(name);
    }
  }
  return fields;
}

export const bare = (text = '') =>
  text
    .trim()
    .replace(/^\[|\]$/g, '')
    .replaceAll(']]', ']');
const last = (path: string) => bare(path.slice(path.lastIndexOf('[')));

const decode = (text: string) =>
  text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
