import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Access } from '../../src/model/config/source.ts';

export type ServerName = 'versitygw' | 'rclone';

export interface RealServer {
  access: S3Access;
  client: S3Client;
  stop(): Promise<void>;
}

const credentials = { accessKeyId: 'real-access-key', secretAccessKey: 'real-secret-key' };

/** Starts a server on loopback with the bucket `lake`; versitygw has the bucket `kept` with versions, too. */
export async function startServer(name: ServerName): Promise<RealServer> {
  const folder = mkdtempSync(path.join(tmpdir(), `extracts-${name}-`));
  const [data, versions] = [path.join(folder, 'data'), path.join(folder, 'versions')];
  for (const each of [data, versions]) mkdirSync(each);
  const port = await freePort();
  const binary = process.env[`S3_REAL_${name.toUpperCase()}`];
  if (binary === undefined) throw new Error(`npm run test:s3-real says where ${name} is`);
  const { accessKeyId, secretAccessKey } = credentials;
  const address = `127.0.0.1:${port}`;
  const keys = ['--access', accessKeyId, '--secret', secretAccessKey];
  const args =
    name === 'versitygw'
      ? [...keys, '--port', address, 'posix', '--versioning-dir', versions, data]
      : ['serve', 's3', '--auth-key', `${accessKeyId},${secretAccessKey}`, '--addr', address, data];
  const child = spawn(binary, args, { stdio: 'ignore' });
  await untilListening(child, port);
  const endpoint = `http://${address}`;
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  if (name === 'versitygw') {
    await client.send(new CreateBucketCommand({ Bucket: 'kept' }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: 'kept', VersioningConfiguration }));
  }
  return {
    access: {
      region: 'us-east-1',
      endpoint,
      pathStyle: true,
      requesterPays: false,
      credentials: { kind: 'keys', ...credentials },
    },
    client,
    async stop() {
      client.destroy();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect({ host: '127.0.0.1', port });
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
  }
  throw new Error(`the server has ended with ${child.exitCode}`);
}
