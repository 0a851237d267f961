import { relationshipsOf, type Family, type Item, type Pipeline, type Source, type Table } from './model.ts';

export function yamlOf(pipeline: Pipeline): string {
  return fileOf(pipeline, pipeline.name, []);
}

/** The file of all items: that of one of them, with its key left open. */
export function familyYaml(family: Family, first: Item): string {
  const { id, items, list, onRemoved } = family;
  const listed = list === 'file' ? `file: data/lists/${id}.csv` : `items: [${keysOf(items).join(', ')}]`;
  return fileOf(first, id, [`for_each: { ${listed}, on_removed: ${onRemoved} }`]).replaceAll(
    first.id,
    `${id}_\${each.key}`,
  );
}

export const listCsv = ({ items }: Family): string => `key\n${keysOf(items).join('\n')}\n`;

const keysOf = (items: readonly Item[]) => items.map(({ key }) => key);

function fileOf(pipeline: Pipeline, name: string, forEach: readonly string[]): string {
  const { description, tables, template, destinations, staged } = pipeline;
  const moves = [
    pipeline.moves,
    ...tables.flatMap((table) => [table.moves, ...table.columns.map((one) => one.moves)]),
  ].flat();
  return [
    'version: 1',
    `name: ${name}`,
    `description: ${description}`,
    ...forEach,
    `extract: { file: "../${staged}.hyper" }`,
    'sources:',
    ...tables.map(({ source }) => `  ${source.name}: ${sourceYaml(source)}`),
    'tables:',
    ...tables.flatMap(tableYaml),
    ...block('relationships:', relationshipsOf(pipeline)),
    ...(template === undefined ? [] : [`template: { generate: { name: ${template} } }`]),
    'destinations:',
    ...destinations.map(({ path }) => `  - { type: file, path: "../${path}" }`),
    ...block('moved:', moves),
    '',
  ].join('\n');
}

const block = (key: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : [key, ...lines.map((line) => `  - ${line}`)];

const sourceYaml = ({ kind, id }: Source) =>
  ({
    postgres: "{ type: postgres, url: '${secret.PG_URL}' }",
    csv: `{ type: file, path: "data/${id}.csv" }`,
    files: `{ type: file, path: "data/${id}/*.csv", min_files: 0 }`,
  })[kind];

function tableYaml({ name, source, mode, columns }: Table): string[] {
  const loads: Record<string, string> = {
    append: '{ mode: append, cursor: id }',
    upsert: '{ mode: upsert, cursor: changed, reconcile_keys: true }',
    'append by file': '{ mode: append, by: file, on_vanished: delete }',
  };
  const taken = columns.filter(({ from }) => from !== 'file');
  const required = (from: string) => (from === 'id' || from === 'changed' ? ' not null' : '');
  return [
    `  ${name}:`,
    `    from: { source: ${source.name}${source.kind === 'postgres' ? `, table: "${source.id}"` : ''} }`,
    ...(source.kind === 'postgres' ? ['    primary_key: [id]'] : []),
    '    columns:',
    ...taken.map(
      (one) => `      ${one.name}: { from: ${one.from}, type: "${one.type}${required(one.from)}" }`,
    ),
    ...(taken.length < columns.length ? ["    add: { file: '${file.path}' }"] : []),
    ...(loads[mode] === undefined ? [] : [`    load: ${loads[mode]}`]),
  ];
}
