import type { Hyper } from './hyper.ts';
import { readTables } from './tables.ts';
import { fileStream, writeZip } from './zip.ts';

const alias = 'packaged';
const entry = 'Data/Extracts/extract.hyper';

/** Puts a bare .hyper into a package that is live to it, as the server hands out what was published as a .hyper. */
export async function packageExtract(
  file: string,
  target: string,
  { name, hyper }: { name: string; hyper: Hyper },
): Promise<void> {
  const tables = await hyper.use([{ alias, path: file, mode: 'readonly' }], (query) =>
    readTables(query, alias),
  );
  const relations = tables.map(
    (table) =>
      `<relation connection='hyper.1' name='${escaped(table.name)}' table='[${escaped(table.schema)}].[${escaped(table.name)}]' type='table'/>`,
  );
  const connection = `<connection authentication='auth-none' class='hyper' dbname='${entry}' server='' username='tableau_internal_user'/>`;
  const named = `<named-connections><named-connection caption='extract' name='hyper.1'>${connection}</named-connection></named-connections>`;
  const text = `<?xml version='1.0' encoding='utf-8' ?>\n<datasource formatted-name='federated.1' inline='true' version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'><connection class='federated'>${named}${relations.join('')}</connection></datasource>\n`;
  await writeZip(target, [
    { name: `${name.replace(/[/\\]/g, '_')}.tds`, read: () => Promise.resolve(bytesOf(text)) },
    { name: entry, read: () => fileStream(file) },
  ]);
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

function escaped(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
