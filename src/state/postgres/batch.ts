import pg from 'pg';
import type { LockRow, Operation, Outcome, RecordRow } from './operation.ts';
import type { Tables } from './tables.ts';

/**
 * Performs operations on different addresses as one request. Whatever changes something is one transaction, in which the
 * rows of the locks are locked first and in the order of their addresses: two runs never wait for each other, and none
 * takes a lock over while its holder writes. Repeated after a lost answer, it finds what it has done and changes nothing.
 */
export async function performBatch(
  client: pg.Client,
  operations: readonly Operation[],
  { tables, lease }: { tables: Tables; lease: number },
): Promise<Map<Operation, Outcome>> {
  const outcomes = new Map<Operation, Outcome>(operations.map((one) => [one, {}]));
  const until = `clock_timestamp() + interval '${lease} milliseconds'`;
  const questions = questionsOf(operations, { tables, until });
  const isChanging = operations.some(({ kind }) => kind !== 'read' && kind !== 'look');
  const statements = questions.map(({ sql }) => sql);
  const text = isChanging
    ? ['begin isolation level read committed', ...statements, 'commit'].join(';\n')
    : statements.join(';\n');
  const answer: unknown = await client.query(text);
  const results = (Array.isArray(answer) ? answer : [answer]) as readonly pg.QueryResult<Row>[];
  const own = isChanging ? results.slice(1, -1) : results;
  for (const [index, { about, note }] of questions.entries()) {
    const rows = new Map(own[index]?.rows.map((row) => [row.address, row]));
    for (const operation of about) {
      const outcome = outcomes.get(operation);
      if (outcome !== undefined) note?.(outcome, rows.get(operation.address));
    }
  }
  return outcomes;
}

type Row = { address: string } & Record<string, unknown>;

interface Question {
  sql: string;
  about: readonly Operation[];
  /** Keeps the row of an operation's address. */
  note?: (outcome: Outcome, row: Row | undefined) => void;
}

const literal = (value: unknown) => pg.escapeLiteral(JSON.stringify(value));
const addressesOf = (operations: readonly Operation[]) =>
  `(select json_array_elements_text(${literal(operations.map(({ address }) => address))}))`;

const noteLock = (outcome: Outcome, row: Row | undefined) => {
  outcome.lock = row === undefined ? undefined : lockOfRow(row);
};
const noteRecord = (outcome: Outcome, row: Row | undefined) => {
  outcome.record = row as RecordRow | undefined;
};

/** The settings of all statements. */
interface Sql {
  tables: Tables;
  /** The time until which a lease lasts that is taken or renewed now, as SQL. */
  until: string;
}

function questionsOf(operations: readonly Operation[], sql: Sql): Question[] {
  return [...ofHolders(operations, sql), ...ofTakers(operations, sql)].filter(
    ({ about }) => about.length > 0,
  );
}

function ofKinds<Kind extends Operation['kind']>(
  operations: readonly Operation[],
  ...kinds: readonly Kind[]
) {
  return operations.filter((one): one is Extract<Operation, { kind: Kind }> =>
    (kinds as readonly string[]).includes(one.kind),
  );
}

/** Returns the statements that only have an effect for the holder of a lock. */
function ofHolders(operations: readonly Operation[], { tables: { locks, records }, until }: Sql): Question[] {
  const held = ofKinds(operations, 'renew', 'write', 'remove', 'release');
  const renewed = ofKinds(operations, 'renew', 'write', 'remove');
  const written = ofKinds(operations, 'write');
  const removed = ofKinds(operations, 'remove');
  const changed = ofKinds(operations, 'write', 'remove');
  const released = ofKinds(operations, 'release');
  const ofHolder = `join ${locks} as held on held.address = own.address and held.token = own.token`;
  const writes = `from json_to_recordset(${literal(written)})
      as own (address text, token text, seen text, version text, record text) ${ofHolder}`;
  return [
    {
      about: held,
      sql: `select ${lockColumns} from ${locks} where address in ${addressesOf(held)} order by address for update`,
      note: noteLock,
    },
    {
      about: renewed,
      sql: `update ${locks} as held set expires = ${until}
        from json_to_recordset(${literal(tokensOf(renewed))}) as own (address text, token text)
        where held.address = own.address and held.token = own.token`,
    },
    {
      about: written,
      sql: `insert into ${records} (address, version, record) select own.address, own.version, own.record
        ${writes} where own.seen is null on conflict (address) do nothing`,
    },
    {
      about: written,
      sql: `update ${records} as stored set version = own.version, record = own.record, written = clock_timestamp()
        ${writes} where stored.address = own.address and stored.version = own.seen`,
    },
    {
      about: removed,
      sql: `delete from ${records} as stored
        using json_to_recordset(${literal(removed)}) as own (address text, token text, seen text)
        ${ofHolder} where stored.address = own.address and stored.version = own.seen`,
    },
    {
      about: changed,
      sql: `select address, version from ${records} where address in ${addressesOf(changed)}`,
      note: (outcome, row) => (outcome.version = row?.version as string | undefined),
    },
    {
      about: released,
      sql: `delete from ${locks} as held
        using json_to_recordset(${literal(released)}) as own (address text, token text)
        where held.address = own.address and held.token = own.token`,
    },
  ];
}

/** Returns the statements for everyone: taking a lock, seeing who has it, and reading. */
function ofTakers(operations: readonly Operation[], { tables: { locks, records }, until }: Sql): Question[] {
  const taken = ofKinds(operations, 'take');
  const looked = ofKinds(operations, 'take', 'look');
  const read = ofKinds(operations, 'take', 'read');
  return [
    {
      about: taken,
      sql: `insert into ${locks} as held (address, token, pid, host, job, since, expires)
        select address, token, (holder->>'pid')::int, holder->>'host', holder->>'job', holder->>'since', ${until}
        from json_to_recordset(${literal(taken)}) as own (address text, token text, holder json) order by address
        on conflict (address) do update set token = excluded.token, pid = excluded.pid, host = excluded.host,
          job = excluded.job, since = excluded.since, expires = excluded.expires
        where held.token = excluded.token or held.expires <= clock_timestamp()`,
    },
    {
      about: looked,
      sql: `select ${lockColumns} from ${locks} where address in ${addressesOf(looked)}`,
      note: noteLock,
    },
    {
      about: read,
      sql: `select address, version, record from ${records} where address in ${addressesOf(read)}`,
      note: noteRecord,
    },
  ];
}

const tokensOf = (operations: readonly { address: string; token: string }[]) =>
  operations.map(({ address, token }) => ({ address, token }));

const lockColumns = `address, token, pid, host, job, since,
  to_char(expires at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until, expires <= clock_timestamp() as expired`;

function lockOfRow({ address, token, pid, host, job, since, until, expired }: Row): LockRow {
  return {
    address,
    token: token as string,
    pid: pid as number,
    host: host as string,
    ...(job !== null && { job: job as string }),
    since: since as string,
    until: until as string,
    isExpired: expired === true,
  };
}
