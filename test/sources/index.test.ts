import { expect, test } from 'vitest';
import { openSources } from '../../src/sources/index.ts';
import { table } from '../support/pipelines.ts';
import { useLake } from './s3/lake.ts';

const lake = useLake();

test('items of a family share the connections to their bucket', async () => {
  const sources = openSources({ connections: 2 });
  const { signal } = new AbortController();
  const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
  const look = async (tenant: number) => {
    await lake.put(`sales/${tenant}/a.csv`, '1\n');
    const port = sources.open(lake.source({ match: [`sales/${tenant}/*.csv`] }));
    const request = { table: table('t', { id: 'int' }), before: undefined, redefined: true };
    const [seen] = await port.observe([request], signal, () => undefined);
    expect(seen?.problems).toEqual([]);
  };
  try {
    await look(0);
    const before = sockets();
    for (let tenant = 1; tenant <= 10; tenant++) await look(tenant);
    expect(sockets()).toBeLessThanOrEqual(before);
  } finally {
    await sources.close();
  }
});
