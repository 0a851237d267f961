import type pg from 'pg';

/** Watches how long other sessions hold a snapshot, during which VACUUM removes no row of any table. */
export function watchSnapshot(client: pg.Client): { stop(): Promise<number> } {
  let longest = 0;
  let isStopped = false;
  const watching = (async () => {
    while (!isStopped) {
      const { rows } = await client.query<{ held: number | null }>(
        `select max(extract(epoch from clock_timestamp() - xact_start))::float8 as held from pg_stat_activity
         where backend_type = 'client backend' and pid <> pg_backend_pid() and backend_xmin is not null`,
      );
      longest = Math.max(longest, rows[0]?.held ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await watching;
      return longest;
    },
  };
}
