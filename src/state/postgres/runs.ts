import type { BegunRun, OpenRun } from '../../model/ports/state-port.ts';
import { nameOf, thisRun } from '../holder.ts';
import { parseNote } from '../record.ts';
import type { Preparation } from './prepare.ts';
import type { Session } from './session.ts';
import type { Tables } from './tables.ts';

export interface Runs {
  begin(run: BegunRun, job: string | undefined): Promise<void>;
  end(id: string): Promise<void>;
  open(): Promise<OpenRun[]>;
}

/** Notes of runs as rows. Of the process that wrote one nothing is known. */
export function openRunRows(
  { session, preparation, tables: { runs } }: { session: Session; preparation: Preparation; tables: Tables },
  signal: AbortSignal,
): Runs {
  // What has been done is noted also when the run was interrupted.
  const always = new AbortController().signal;
  return {
    async begin(run, job) {
      await preparation.toWrite(signal);
      const note = JSON.stringify({ ...run, ...thisRun(job) });
      const sql = `insert into ${runs} (id, note) values ($1, $2) on conflict (id) do update set note = excluded.note`;
      await session.ask((client) => client.query(sql, [run.id, note]), signal);
    },
    async end(id) {
      await preparation.toWrite(always);
      await session.ask((client) => client.query(`delete from ${runs} where id = $1`, [id]), always);
    },
    async open() {
      if (!(await preparation.toRead(signal))) return [];
      const { rows } = await session.ask(
        (client) => client.query<{ id: string; note: string }>(`select id, note from ${runs} order by id`),
        signal,
      );
      return rows.map(({ id, note }): OpenRun => {
        const { addresses, ...holder } = parseNote(`${id} in ${session.where.shown}`, note);
        return { id, addresses, holder: { name: nameOf(holder), since: holder.since, alive: 'unknown' } };
      });
    },
  };
}
