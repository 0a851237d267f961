import { findHyperd } from '../../src/hyper/binary.ts';
import { readTables } from '../../src/hyper/observe-extract.ts';
import { startHyperd } from '../../src/hyper/process.ts';
import { openSession, type HyperSession } from '../../src/hyper/session.ts';
import { identifier, tableName } from '../../src/hyper/sql.ts';

export interface HyperTable {
  /** `Extract.orders` */
  name: string;
  /** `row_id int not null`, in the order of the file. */
  columns: string[];
  rows: Record<string, string | null>[];
}

/** Returns the content of a .hyper file, read by a separate engine. Values are the text that Hyper prints. */
export async function readHyperFile(file: string): Promise<HyperTable[]> {
  return withFile(file, 'readonly', async (session) => {
    const tables = await readTables(session, 'seen');
    const read: HyperTable[] = [];
    for (const { schema, name, columns } of tables) {
      const rows = await session.query(`select * from ${tableName('seen', schema, name)}`);
      const described = columns.map(
        (column) => `${column.name} ${spelled(column.type)}${column.notNull ? ' not null' : ''}`,
      );
      read.push({ name: `${schema}.${name}`, columns: described, rows });
    }
    return read;
  });
}

/** Attaches the file in a separate engine, as `seen`, while `use` runs. */
export function withFile<T>(
  file: string,
  mode: 'readonly' | 'readwrite',
  use: (session: HyperSession) => Promise<T>,
): Promise<T> {
  return withSession(async (session) => {
    await session.query(`attach database ${identifier(file)} as seen with (access_mode = '${mode}')`);
    return use(session);
  });
}

/** Runs a separate engine while `use` runs. */
export async function withSession<T>(use: (session: HyperSession) => Promise<T>): Promise<T> {
  const engine = await startHyperd(await findHyperd(process.env), { env: process.env });
  try {
    const session = await openSession(engine);
    try {
      return await use(session);
    } finally {
      await session.end();
    }
  } finally {
    await engine.stop();
  }
}

function spelled(type: { kind: string }): string {
  const { kind, ...rest } = type as { kind: string } & Record<string, unknown>;
  const arguments_ = Object.values(rest);
  return arguments_.length === 0 ? kind : `${kind}(${arguments_.join(',')})`;
}
