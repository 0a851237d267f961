import { relationshipsOf, type Pipeline, type Source, type Table } from './model.ts';

export function yamlOf(pipeline: Pipeline): string {
  const { id, name, description, tables, template, destinations } = pipeline;
  const moves = [
    pipeline.moves,
    ...tables.flatMap((table) => [table.moves, ...table.columns.map((one) => one.moves)]),
  ].flat();
  return [
    'version: 1',
    `name: ${name}`,
    `description: ${description}`,
    `extract: { file: ../build/${id}.hyper }`,
    'sources:',
    ...tables.map(({ source }) => `  ${source.id}: ${sourceYaml(source)}`),
    'tables:',
    ...tables.flatMap(tableYaml),
    ...block('relationships:', relationshipsOf(pipeline)),
    ...(template === undefined ? [] : [`template: { generate: { name: ${template} } }`]),
    'destinations:',
    ...destinations.map(({ path }) => `  - { type: file, path: ../${path} }`),
    ...block('moved:', moves),
    '',
  ].join('\n');
}

const block = (key: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : [key, ...lines.map((line) => `  - ${line}`)];

const sourceYaml = ({ kind, id }: Source) =>
  ({
    postgres: "{ type: postgres, url: '${secret.PG_URL}' }",
    csv: `{ type: file, path: data/${id}.csv }`,
    files: `{ type: file, path: 'data/${id}/*.csv', min_files: 0 }`,
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
    `    from: { source: ${source.id}${source.kind === 'postgres' ? `, table: ${source.id}` : ''} }`,
    ...(source.kind === 'postgres' ? ['    primary_key: [id]'] : []),
    '    columns:',
    ...taken.map(
      (one) => `      ${one.name}: { from: ${one.from}, type: "${one.type}${required(one.from)}" }`,
    ),
    ...(taken.length < columns.length ? ["    add: { file: '${file.path}' }"] : []),
    ...(loads[mode] === undefined ? [] : [`    load: ${loads[mode]}`]),
  ];
}
