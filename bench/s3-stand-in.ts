import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** The stand-in for S3 in a process of its own, on the loopback interface. */
export interface StandIn {
  pid: number;
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  stop(): void;
}

/** Serves the folders below `buckets/` of the folder. */
export async function startStandIn(folder: string): Promise<StandIn> {
  const child = fork(
    new URL('../stand-ins/s3/src/main.ts', import.meta.url),
    ['--dir', path.join(folder, 'buckets')],
    { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  const [told] = (await once(child.stdout ?? process.stdin, 'data')) as [Buffer];
  const said = (name: string) => new RegExp(`${name}=(.*)`).exec(told.toString())?.[1] ?? '';
  return {
    pid: child.pid ?? 0,
    endpoint: said('AWS_ENDPOINT_URL_S3'),
    accessKeyId: said('AWS_ACCESS_KEY_ID'),
    secretAccessKey: said('AWS_SECRET_ACCESS_KEY'),
    stop: () => void child.kill(),
  };
}
