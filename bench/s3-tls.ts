import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { alignColumns } from '../src/render/align-columns.ts';
import { startS3StandIn } from '../stand-ins/s3/src/index.ts';
import { inSeconds, measure, median, settle } from './measure.ts';

/**
 * Many small objects of the S3 stand-in into a .hyper by the whole command, over http, over https, and over https from a
 * service that closes each connection after one answer: `tsx bench/s3-tls.ts [OBJECTS] [RUNS] [dist/main.js of any version]…`.
 */
const [objects = '2500', runs = '3', ...others] = process.argv.slice(2);
const programs = [fileURLToPath(new URL('../dist/main.js', import.meta.url)), ...others];
const variants = [
  { name: 'http', isSecure: false },
  { name: 'https', isSecure: true },
  { name: 'https, one request per connection', isSecure: true, requestsPerConnection: 1 },
] as const;
type Variant = (typeof variants)[number];

const folder = await mkdtemp(path.join(tmpdir(), 'bench-s3-tls-'));
const [keyFile, certFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
try {
  makeCertificate();
  process.stdout.write(
    `${cpus()[0]?.model ?? '?'}, ${availableParallelism()} cores, node ${process.version}, ${objects} objects, median of ${runs}\n\n`,
  );
  const rows: string[][] = [];
  for (const variant of variants)
    for (const program of programs) rows.push(await bench(variant, program, rows.length));
  const header = ['service', 'program', 'apply', 'our CPU', 'TLS handshakes', 'continued sessions'];
  process.stdout.write(`${alignColumns([header, ...rows]).join('\n')}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function makeCertificate(): void {
  const made = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    keyFile,
    '-out',
    certFile,
  ];
  execFileSync(
    'openssl',
    [...made, '-subj', '/CN=extracts bench', '-addext', 'subjectAltName=IP:127.0.0.1'],
    {
      stdio: 'ignore',
    },
  );
}

async function bench(variant: Variant, program: string, index: number): Promise<string[]> {
  const handshakes = { all: 0, continued: 0 };
  const [key, cert] = [await readFile(keyFile, 'utf8'), await readFile(certFile, 'utf8')];
  const onHandshake = (isContinued: boolean) => {
    handshakes.all++;
    if (isContinued) handshakes.continued++;
  };
  const standIn = await startS3StandIn({
    buckets: { lake: {} },
    ...(variant.isSecure && { tls: { key, cert, onHandshake } }),
    ...('requestsPerConnection' in variant && { requestsPerConnection: variant.requestsPerConnection }),
  });
  try {
    for (let object = 0; object < Number(objects); object++)
      await standIn.control.put(
        'lake',
        `part_${String(object).padStart(5, '0')}.csv`,
        `${object},note ${object}\n`,
      );
    const took: { seconds: number; cpu: number }[] = [];
    for (let run = 0; run < Number(runs); run++) {
      const project = path.join(folder, `project-${index}-${run}`);
      await mkdir(path.join(project, 'pipelines'), { recursive: true });
      await writeFile(
        path.join(project, 'pipelines', 'bench.yaml'),
        pipelineOf(standIn.endpoint, standIn.credentials.accessKeyId),
      );
      settle();
      took.push(
        await measure(process.execPath, [program, 'apply', '--yes', '--json', 'pipelines'], {
          cwd: project,
          env: { LAKE_KEY: standIn.credentials.secretAccessKey, NODE_EXTRA_CA_CERTS: certFile },
        }),
      );
    }
    const perRun = (count: number) => String(Math.round(count / Number(runs)));
    return [
      variant.name,
      programs[0] === program ? 'this one' : program,
      inSeconds(median(took.map(({ seconds }) => seconds))),
      inSeconds(median(took.map(({ cpu }) => cpu))),
      perRun(handshakes.all),
      perRun(handshakes.continued),
    ];
  } finally {
    await standIn.close();
  }
}

function pipelineOf(endpoint: string, accessKeyId: string): string {
  return `version: 1
name: bench
sources:
  lake:
    type: s3
    bucket: lake
    match: part_*.csv
    endpoint: ${endpoint}
    access_key_id: ${accessKeyId}
    secret_access_key: '\${secret.LAKE_KEY}'
    format: {type: csv, header: false}
tables:
  t: {from: {source: lake}, columns: {id: bigint, note: text}}
destinations: [{type: file, path: ../out/bench.hyper}]
`;
}
