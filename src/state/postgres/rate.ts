import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { WantedTurn } from '../../model/ports/state-port.ts';
import { codeOf } from '../../postgres/connect-errors.ts';
import { isMissing, mayNotCreate } from './errors.ts';
import type { Preparation } from './prepare.ts';
import type { Session } from './session.ts';
import { migrationLock, ratesTable, type Tables } from './tables.ts';

export interface RateSettings {
  session: Session;
  preparation: Preparation;
  tables: Tables;
}

/**
 * Takes a token in one statement, by the clock of the server. The row of the rate is locked by it, so each sees what all before
 * have taken. A statement that is repeated because its answer was lost may take a second one, and the first is lost.
 */
export async function takeRowTurn(
  { session, preparation, tables }: RateSettings,
  { name, rate: { interval, burst } }: WantedTurn,
  signal: AbortSignal,
): Promise<number> {
  await preparation.toWrite(signal);
  return session.ask(async (client) => {
    const token = randomBytes(8).toString('hex');
    const values = [name, token, interval, burst];
    const query = () => client.query<{ taken: boolean; missing: number | null }>(takeSql(tables), values);
    const { rows } = await query().catch(async (error: unknown) => {
      if (!isMissing(error)) throw error;
      await createTable(client, session, tables);
      return query();
    });
    const [row] = rows;
    if (row?.taken === true) return 0;
    // Another may have made the row since the statement began.
    return Math.max(1, Math.ceil((row?.missing ?? burst * interval) - (burst - 1) * interval));
  }, signal);
}

/** A bucket is never emptier than empty: a time that is further ahead comes from a clock that went back, or from another rate. */
const takeSql = ({ rates }: Tables) => `with rate as (
  select $1::text as name, $2::text as token, interval '1 millisecond' * $3::float8 as one,
    interval '1 millisecond' * ($3::float8 * ($4::float8 - 1)) as most
), taken as (
  insert into ${rates} as stored (name, full_at, token)
    select name, clock_timestamp() + one, token from rate
  on conflict (name) do update set
    full_at = case when stored.full_at <= clock_timestamp() + (select most from rate)
      then greatest(stored.full_at, clock_timestamp()) + (select one from rate)
      else clock_timestamp() + (select most + one from rate) end,
    token = case when stored.full_at <= clock_timestamp() + (select most from rate) then excluded.token else stored.token end
  where stored.full_at <= clock_timestamp() + (select most from rate)
    or stored.full_at > clock_timestamp() + (select most + one from rate)
  returning token = $2 as is_ours
)
select coalesce((select is_ours from taken), false) as taken,
  (select (extract(epoch from full_at - clock_timestamp()) * 1000)::float8 from ${rates} where name = $1) as missing`;

/** The table is made when it is first used: who sets no rate needs no further table, and no further right. */
async function createTable(client: pg.Client, { where }: Session, tables: Tables): Promise<void> {
  let user = '';
  try {
    await client.query('begin isolation level read committed');
    await client.query(`select pg_advisory_xact_lock(${migrationLock})`);
    const { rows } = await client.query<{ role: string }>('select current_user as role');
    user = rows[0]?.role ?? '';
    await client.query(ratesTable(tables));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw codeOf(error) === '42501' ? mayNotCreate(error, user, where) : error;
  }
}
