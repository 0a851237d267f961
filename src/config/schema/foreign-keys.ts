/**
 * Keys that other formats (dbt, Terraform, Airflow, SQL, drivers of databases) have for ours, without case and
 * separators. The first of ours that the map could have is meant.
 */
const ours: Readonly<Record<string, readonly string[]>> = {
  models: ['tables'],
  entities: ['tables'],
  inputs: ['sources'],
  input: ['sources'],
  datasources: ['sources'],
  output: ['destinations'],
  outputs: ['destinations'],
  target: ['destinations'],
  targets: ['destinations'],
  sink: ['destinations'],
  sinks: ['destinations'],
  joins: ['relationships'],
  relations: ['relationships'],
  foreignkeys: ['relationships'],
  fields: ['columns'],
  schema: ['columns'],
  pk: ['primary_key'],
  key: ['primary_key', 'match'],
  uniquekey: ['primary_key'],
  tests: ['checks'],
  incremental: ['load'],
  materialized: ['load'],
  strategy: ['mode', 'load'],
  sql: ['query'],
  statement: ['query'],
  filter: ['where'],
  parameters: ['params'],
  relation: ['table'],
  cursorfield: ['cursor'],
  cursorcolumn: ['cursor'],
  left: ['from'],
  right: ['to'],
  parent: ['to'],
  kind: ['type'],
  datatype: ['type'],
  dtype: ['type'],
  comment: ['description'],
  doc: ['description'],
  columnname: ['from'],
  username: ['user'],
  login: ['user'],
  pwd: ['password'],
  pass: ['password'],
  dbname: ['database'],
  db: ['database'],
  hostname: ['host'],
  dsn: ['url'],
  uri: ['url'],
  connectionstring: ['url'],
  databaseurl: ['url'],
  sslmode: ['ssl'],
  tls: ['ssl'],
  prefix: ['match'],
  path: ['match', 'file'],
  pattern: ['match', 'path'],
  glob: ['match', 'path'],
  file: ['path'],
  filename: ['path'],
  files: ['path'],
  location: ['path'],
  endpointurl: ['endpoint'],
  awsaccesskeyid: ['access_key_id'],
  awssecretaccesskey: ['secret_access_key'],
  separator: ['delimiter'],
  sep: ['delimiter'],
  quotechar: ['quote'],
  projectname: ['project'],
  datasource: ['name'],
  datasourcename: ['name'],
  sitename: ['site'],
  siteid: ['site'],
  contenturl: ['site'],
  serverurl: ['server'],
  tokenvalue: ['token_secret'],
  personalaccesstokenname: ['token_name'],
  personalaccesstokensecret: ['token_secret'],
};

/** Returns our key for a key of another format, among those that the map could have. */
export function ownKeyOf(key: string, free: readonly string[]): string | undefined {
  const plain = key.toLowerCase().replace(/[\s_-]/g, '');
  if (!Object.hasOwn(ours, plain)) return undefined;
  return ours[plain]?.find((own) => free.includes(own));
}

interface Misplaced {
  /** The map in which the key was written. */
  at: RegExp;
  keys: readonly string[];
  hint: (key: string) => string;
}

const misplaced: readonly Misplaced[] = [
  {
    at: /^$/,
    keys: ['schedule', 'cron', 'interval', 'start_date', 'catchup'],
    hint: () => 'extracts has no schedule: let cron or CI run extracts apply',
  },
  {
    at: /^$/,
    keys: ['from', 'columns', 'primary_key', 'load', 'checks', 'add'],
    hint: (key) => `"${key}" belongs to a table: tables: {NAME: {${key}: …}}`,
  },
  {
    at: /^\/tables\/[^/]+$/,
    keys: ['source', 'table', 'query', 'sql', 'where', 'params', 'change_detection'],
    hint: (key) => `it belongs under from: from: {${key === 'sql' ? 'query' : key}: …}`,
  },
  {
    at: /^\/tables\/[^/]+$/,
    keys: ['description', 'caption'],
    hint: () => 'a table is described in template: {generate: {tables: {NAME: {description: …}}}}',
  },
  {
    at: /^\/tables\/[^/]+\/from$/,
    keys: ['schema'],
    hint: () => 'write the schema before the table: table: schema.table',
  },
  {
    at: /^\/tables\/[^/]+\/from$/,
    keys: ['columns', 'columns_from', 'primary_key', 'add', 'load', 'checks'],
    hint: (key) => `"${key}" belongs to the table: write it beside from, not under it`,
  },
  {
    at: /^\/sources\/[^/]+$/,
    keys: ['table', 'schema', 'query', 'where', 'tables', 'columns'],
    hint: () =>
      'what is read is said by each table: tables: {NAME: {from: {source: …, table: schema.table}}}',
  },
  {
    at: /^\/sources\/[^/]+$/,
    keys: ['delimiter', 'separator', 'sep', 'header', 'encoding', 'quote', 'decimal', 'date_order', 'null'],
    hint: (key) =>
      `it belongs under format: format: {type: csv, ${key.startsWith('sep') ? 'delimiter' : key}: …}`,
  },
  {
    at: /^\/tables\/[^/]+\/columns\/[^/]+$/,
    keys: ['nullable', 'nulable', 'null', 'required'],
    hint: () => 'every column may be NULL, except with not_null: true',
  },
  {
    at: /^\/tables\/[^/]+\/columns\/[^/]+$/,
    keys: ['primary_key', 'pk', 'unique', 'key'],
    hint: () => 'the table names its key: primary_key: [COLUMN]',
  },
  {
    at: /^\/destinations\/\d+$/,
    keys: ['token_name', 'token_secret', 'token', 'user', 'password', 'username'],
    hint: () => 'it belongs under auth: auth: {token_name: …, token_secret: "${secret.NAME}"}',
  },
  {
    at: /^\/relationships\/\d+$/,
    keys: ['on', 'using', 'columns', 'key'],
    hint: () => 'write the columns behind the tables: {from: orders.customer_id, to: customers.id}',
  },
];

/** Returns what to do with a key that belongs into another map. */
export function misplacedKey(pointer: string, key: string): string | undefined {
  const plain = key.toLowerCase();
  return misplaced.find(({ at, keys }) => keys.includes(plain) && at.test(pointer))?.hint(key);
}

const ourTypes: Readonly<Record<string, string>> = {
  hyper: 'file',
  tdsx: 'file',
  local: 'file',
  tableau_server: 'tableau',
  tableau_cloud: 'tableau',
  tableau_online: 'tableau',
  pg: 'postgres',
  psql: 'postgres',
  bucket: 's3',
  aws: 's3',
};

/** Returns our word for a `type` of another format. */
export function ownTag(value: string, tags: readonly string[]): string | undefined {
  const plain = value.toLowerCase().replace(/[\s-]/g, '_');
  const own = Object.hasOwn(ourTypes, plain) ? ourTypes[plain] : undefined;
  return own !== undefined && tags.includes(own) ? own : undefined;
}

/** Returns which load mode is meant by the word of another format. */
export function loadModeHint(word: string, modes: readonly string[]): string | undefined {
  if (!modes.includes('upsert')) return undefined;
  if (/^(?:incremental|delta|cdc)$/i.test(word))
    return 'append adds rows with a higher cursor; upsert also replaces rows with the same primary_key';
  if (/^(?:merge|update)$/i.test(word)) return 'did you mean "upsert"?';
  return /^(?:overwrite|replace|truncate|table)$/i.test(word) ? 'did you mean "full"?' : undefined;
}
