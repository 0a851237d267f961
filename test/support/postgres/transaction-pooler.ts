import { once } from 'node:events';
import type { Socket } from 'node:net';
import { greeting, openServer } from './pooler.ts';
import { listenFor, type Pooler } from './listen.ts';

/**
 * A pooler of transactions as small as it can be: a client has a connection to the server from its first statement until
 * that reports that no transaction is open, and then the next one that waits gets it.
 */
export async function startTransactionPooler(
  target: string,
  size: number,
): Promise<Pooler & { transactions(): number }> {
  let transactions = 0;
  const sockets = new Set<Socket>();
  const free: Socket[] = [];
  const waiting: ((server: Socket) => void)[] = [];
  let opened = 0;
  const borrow = async (): Promise<Socket> => {
    const kept = free.pop();
    if (kept !== undefined) return kept;
    if (opened >= size) return new Promise((resolve) => waiting.push(resolve));
    opened++;
    return openOne();
  };
  const openOne = async () => {
    const server = await openServer(target);
    sockets.add(server.on('error', () => undefined));
    return server;
  };
  const giveBack = (server: Socket) => {
    const next = waiting.shift();
    if (next === undefined) free.push(server);
    else next(server);
  };
  /** A client that left within a transaction takes its connection with it. */
  const replace = async (server: Socket) => {
    server.destroy();
    giveBack(await openOne());
  };

  const serve = async (client: Socket) => {
    await once(client, 'data');
    client.write(greeting);
    let lent: Socket | undefined;
    let asked: Buffer[] | undefined;
    const take = async () => {
      const server = await borrow();
      if (client.destroyed) {
        giveBack(server);
        return;
      }
      lent = server;
      const answers = messages((code, body) => {
        if (code !== 'Z' || body.toString() !== 'I' || lent === undefined) return;
        transactions++;
        server.removeAllListeners('data');
        lent = undefined;
        giveBack(server);
      });
      server.on('data', (chunk: Buffer) => {
        client.write(chunk);
        answers(chunk);
      });
      for (const chunk of asked ?? []) server.write(chunk);
      asked = undefined;
    };
    client.on('data', (chunk: Buffer) => {
      // Terminate is for the pooler only.
      if (chunk[0] === 'X'.charCodeAt(0)) client.end();
      else if (lent !== undefined) lent.write(chunk);
      else if (asked !== undefined) asked.push(chunk);
      else {
        asked = [chunk];
        take().catch(() => client.destroy());
      }
    });
    client.once('close', () => {
      if (lent === undefined) return;
      lent.removeAllListeners('data');
      replace(lent).catch(() => undefined);
    });
  };
  const pooler = await listenFor(target, sockets, (client) => {
    sockets.add(client.on('error', () => undefined));
    serve(client).catch(() => client.destroy());
  });
  /** `transactions` returns how many transactions, and single statements, have ended. */
  return { ...pooler, transactions: () => transactions };
}

/** Calls back for each message of the server, whatever chunks they come in. */
function messages(each: (code: string, body: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
      const length = 1 + rest.readUInt32BE(1);
      each(String.fromCharCode(rest[0] ?? 0), rest.subarray(5, length));
      rest = rest.subarray(length);
    }
  };
}
