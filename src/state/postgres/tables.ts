import pg from 'pg';

/** The names of the tables in the schema of the settings, quoted. */
export interface Tables {
  schema: string;
  version: string;
  records: string;
  locks: string;
  runs: string;
  rates: string;
}

export function tablesIn(schema: string): Tables {
  const quoted = pg.escapeIdentifier(schema);
  return {
    schema: quoted,
    version: `${quoted}.state_version`,
    records: `${quoted}.records`,
    locks: `${quoted}.locks`,
    runs: `${quoted}.runs`,
    rates: `${quoted}.rates`,
  };
}

/**
 * The statements that make the tables, in the order of their versions. A migration that was released is never changed: another
 * one follows it. Addresses are compared byte by byte, whatever the language of the database.
 */
export const migrations: readonly ((tables: Tables) => string)[] = [
  ({ version, records, locks, runs }) => `create table ${version} (version int not null);
insert into ${version} values (0);
create table ${records} (
  address text collate "C" primary key,
  version text not null,
  record text not null,
  written timestamptz not null default clock_timestamp()
);
create table ${locks} (
  address text collate "C" primary key,
  token text not null,
  pid int not null,
  host text not null,
  job text,
  since text not null,
  expires timestamptz not null
);
create table ${runs} (
  id text collate "C" primary key,
  note text not null
);`,
];

/** The table of rates. It is none of the versions, because older programs that share the state do without it. */
export const ratesTable = ({ rates }: Tables): string => `create table if not exists ${rates} (
  name text collate "C" primary key,
  full_at timestamptz not null,
  token text not null
)`;

/** The version of the tables that this program makes and understands. */
export const newest = migrations.length;

/** Any number that other programs in the same database are unlikely to take for an advisory lock of theirs. */
export const migrationLock = '7384220191442';
