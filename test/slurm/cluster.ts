import { execa } from 'execa';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A Slurm cluster of this machine alone, on loopback. */
export interface Cluster {
  /** Runs one of Slurm's commands, and returns what it prints. */
  run: (command: string, args: readonly string[]) => Promise<string>;
  close: () => Promise<void>;
}

/** Returns the version of Slurm, or undefined where its three programs are not installed. */
export async function slurmVersion(): Promise<string | undefined> {
  const versions = await Promise.all(
    ['slurmctld', 'slurmd', 'sbatch'].map((program) => execa(program, ['-V'], { reject: false })),
  );
  // A program that is there may end with an error, because there is no cluster yet.
  return versions.every(({ exitCode }) => exitCode !== undefined) ? versions[0]?.stdout : undefined;
}

/** Starts the controller and one node with this number of places. Both must be started by root, as Slurm wants it. */
export async function startCluster(folder: string, places: number): Promise<Cluster> {
  const file = path.join(folder, 'slurm.conf');
  await mkdir(path.join(folder, 'controller'), { recursive: true });
  await mkdir(path.join(folder, 'node'));
  await writeFile(file, await configuration(folder, places));
  const env = { SLURM_CONF: file };
  const start = (program: string, args: readonly string[]) =>
    execa(program, ['-D', ...args, '-f', file], { env, reject: false, stdio: 'ignore' });
  const daemons = [start('slurmctld', []), start('slurmd', ['-N', hostname()])];
  const cluster: Cluster = {
    run: async (command, args) => (await execa(command, args, { env, cwd: folder })).stdout,
    async close() {
      for (const daemon of daemons) daemon.kill('SIGTERM');
      await Promise.all(daemons);
    },
  };
  try {
    await untilIdle(cluster);
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** The daemons take some seconds to find each other. */
async function untilIdle({ run }: Cluster): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const states = await run('sinfo', ['--noheader', '--format=%T']).catch(() => '');
    if (states === 'idle') return;
    await pause(300);
  }
  throw new Error('the node of the cluster did not become idle within 30 s');
}

/** The settings are those of Slurm's own page about slurm.conf; there are no users here that would need authentication. */
async function configuration(folder: string, places: number): Promise<string> {
  const [controller, node] = [await freePort(), await freePort()];
  return `ClusterName=extracts
SlurmctldHost=${hostname()}(127.0.0.1)
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/none
CredType=cred/none
SlurmUser=root
SlurmdUser=root
SlurmctldPort=${controller}
SlurmdPort=${node}
StateSaveLocation=${folder}/controller
SlurmdSpoolDir=${folder}/node
SlurmctldPidFile=${folder}/controller.pid
SlurmdPidFile=${folder}/node.pid
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
KillWait=5
NodeName=${hostname()} NodeAddr=127.0.0.1 CPUs=${places} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
