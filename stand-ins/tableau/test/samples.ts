import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { lazyHyper, quoteName } from '../src/extracts/hyper.ts';
import { fileStream, writeZip } from '../src/extracts/zip.ts';

/** Makes files to publish, in a separate directory. */
export interface Samples {
  directory: string;
  /** A .hyper made by these statements, which name its tables as `made.public.t`. */
  hyper: (name: string, statements: readonly string[]) => Promise<string>;
  /** A .hyper with `public.sales (id, region, amount)` and ids from 1 to `rows`. */
  sales: (name: string, rows: number, table?: string) => Promise<string>;
  /** A .tdsx around a .hyper with the table `public.sales`. */
  tdsx: (name: string, hyperFile: string, details?: TdsxDetails) => Promise<string>;
  /** A .twbx whose only data source reads a .hyper with the table `public.sales`. */
  twbx: (name: string, hyperFile: string, details?: TwbxDetails) => Promise<string>;
  /** The rows of a query over an attached file, whose alias is `made`. */
  rows: (file: string, sql: string) => Promise<Record<string, unknown>[]>;
  write: (name: string, bytes: string | Uint8Array) => Promise<string>;
  close: () => Promise<void>;
}

export interface TdsxDetails {
  /** Its place in the package; what the .tds says unless `database` differs. */
  entry?: string;
  database?: string;
  /** `extract` sets an `<extract>` before an upstream connection. */
  flavour?: 'live' | 'extract';
  /** Names of .tds files in the package. */
  documents?: readonly string[];
}

export interface TwbxDetails {
  /** What the .twb says of the extract's place in the package. */
  database?: string;
  /** Names of .twb files in the package. */
  documents?: readonly string[];
}

const alias = 'made';

export async function openSamples(): Promise<Samples> {
  const directory = await mkdtemp(path.join(tmpdir(), 'tableau-samples-'));
  const engine = lazyHyper();
  const placeOf = (name: string) => path.join(directory, name);

  const hyper: Samples['hyper'] = async (name, statements) => {
    const file = placeOf(name);
    await engine.use([], (query) => query(`CREATE DATABASE ${quoteName(file)}`));
    await engine.use([{ alias, path: file, mode: 'readwrite' }], async (query) => {
      for (const statement of statements) await query(statement);
    });
    return file;
  };
  const write: Samples['write'] = async (name, bytes) => {
    await writeFile(placeOf(name), bytes);
    return placeOf(name);
  };

  return {
    directory,
    hyper,
    write,
    sales: (name, rows, table = 'sales') =>
      hyper(name, [
        `create table ${alias}.public.${quoteName(table)} (id int not null, region text, amount double precision)`,
        `insert into ${alias}.public.${quoteName(table)}
         select i, 'region ' || (cast(i as bigint) * 7919 % 1000003), i * 1.5 from generate_series(1, ${rows}) as t(i)`,
      ]),
    async tdsx(name, hyperFile, details = {}) {
      const entry = details.entry ?? 'Data/Extracts/sales.hyper';
      const text = tdsText(details.flavour ?? 'live', details.database ?? entry);
      const documents = (details.documents ?? ['sales.tds']).map((document) => ({
        name: document,
        read: () => Promise.resolve(bytesOf(text)),
      }));
      await writeZip(placeOf(name), [...documents, { name: entry, read: () => fileStream(hyperFile) }]);
      return placeOf(name);
    },
    async twbx(name, hyperFile, details = {}) {
      const entry = 'Data/Extracts/sales.hyper';
      const text = twbText(details.database ?? entry);
      const documents = (details.documents ?? ['book.twb']).map((document) => ({
        name: document,
        read: () => Promise.resolve(bytesOf(text)),
      }));
      await writeZip(placeOf(name), [...documents, { name: entry, read: () => fileStream(hyperFile) }]);
      return placeOf(name);
    },
    rows: (file, sql) => engine.use([{ alias, path: file, mode: 'readonly' }], (query) => query(sql)),
    async close() {
      await engine.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

/** With parameters, which are no data source, and one that is published on the server. */
function twbText(database: string): string {
  const parameters = `<datasource hasconnection='false' inline='true' name='Parameters' version='18.1'><column caption='Top' datatype='integer' name='[Parameter 1]' param-domain-type='any' role='measure' type='quantitative' value='10'/></datasource>`;
  const published = `<datasource caption='Targets' inline='true' name='sqlproxy.1' version='18.1'><connection channel='https' class='sqlproxy' dbname='Targets' server='tableau.example.com'/></datasource>`;
  const sales = tdsText('live', database)
    .replace(/^<\?xml.*\n/, '')
    .replace(/formatted-name='federated.1'/, `caption='Sales' name='federated.1'`);
  return `<?xml version='1.0' encoding='utf-8' ?>\n<workbook version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'><datasources>${parameters}${sales}${published}</datasources><worksheets/></workbook>\n`;
}

function tdsText(flavour: 'live' | 'extract', database: string): string {
  const hyper = `<connection authentication='auth-none' class='hyper' dbname='${database}' server='' username='tableau_internal_user'`;
  const relation = `<relation connection='hyper.1' name='sales' table='[public].[sales]' type='table'/>`;
  const live = `<connection class='federated'><named-connections><named-connection caption='sales' name='hyper.1'>${hyper}/></named-connection></named-connections>${relation}</connection>`;
  const upstream = `<connection class='federated'><named-connections><named-connection caption='db' name='sqlserver.1'><connection class='sqlserver' dbname='shop' server='db.example.com' username='reader'/></named-connection></named-connections>${relation}</connection>`;
  const extract = `<extract count='-1' enabled='true' units='records'>${hyper} schema='public' tablename='sales'>${relation}</connection></extract>`;
  const inner = flavour === 'live' ? live : upstream + extract;
  return `<?xml version='1.0' encoding='utf-8' ?>\n<datasource formatted-name='federated.1' inline='true' version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'>${inner}</datasource>\n`;
}
