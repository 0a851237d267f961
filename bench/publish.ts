/**
 * Publishes a large file in chunks to the stand-in and watches the memory of the process that publishes: `tsx
 * bench/publish.ts [megabytes] [chunk megabytes]`. The stand-in runs in a separate process.
 */
import { execa } from 'execa';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir, cpus, release } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { argv, execPath, memoryUsage, stdout, version } from 'node:process';
import { fileURLToPath } from 'node:url';
import { openTableauDestinations } from '../src/destinations/tableau/index.ts';
import { openHyper } from '../src/hyper/index.ts';
import { deliveryOf, destinationOn, mebibyte } from '../test/destinations/tableau/support.ts';
import { openSamples } from '../stand-ins/tableau/test/samples.ts';

const megabytes = Number(argv[2] ?? 1500);
const chunk = Number(argv[3] ?? 50);
const folder = await mkdtemp(path.join(tmpdir(), 'publish-bench-'));
const samples = await openSamples();
const engine = openHyper({ env: {} });
const main = fileURLToPath(new URL('../stand-ins/tableau/src/main.ts', import.meta.url));
const standIn = execa(execPath, ['--import', 'tsx', main], { reject: false, cleanup: true, buffer: false });
try {
  const url = await addressOf();
  const file = await largeExtract();
  const { size } = await stat(file);
  const destinations = openTableauDestinations({
    variables: {},
    registerSecret: () => undefined,
    onWait: () => undefined,
    offline: false,
    split: (file, most, signal) => engine.split(file, most, signal),
  });
  const port = destinations.open(destinationOn(url, { chunkSize: chunk * mebibyte }));
  const idle = memoryUsage.rss();
  let highest = 0;
  const watch = setInterval(() => (highest = Math.max(highest, memoryUsage.rss())), 20);
  const began = performance.now();
  let told = 0;
  await port.write(
    { path: file, size, modified: '0', rows: {} },
    deliveryOf({ progress: (bytes) => (told += bytes) }),
  );
  const seconds = (performance.now() - began) / 1000;
  clearInterval(watch);
  await destinations.close();
  const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  stdout.write(
    [
      `node ${version}, Linux ${release()}, ${cpus().length} x ${cpus()[0]?.model ?? ''}`,
      `${mb(size)} in ${Math.ceil(size / (chunk * mebibyte))} chunks of ${chunk} MiB, told as progress: ${mb(told)}`,
      `${seconds.toFixed(1)} s, ${(size / 1e6 / seconds).toFixed(0)} MB/s with the stand-in on the same machine`,
      `resident memory: ${mb(idle)} before, ${mb(highest)} at most`,
      '',
    ].join('\n'),
  );
} finally {
  standIn.kill('SIGTERM');
  await standIn;
  await samples.close();
  await engine.close();
  await rm(folder, { recursive: true });
}

/** Creates a large extract. Random text does not compress: the number of rows determines the number of bytes. */
async function largeExtract(): Promise<string> {
  const rows = Math.ceil((megabytes * 1e6) / 40);
  return samples.hyper('large.hyper', [
    'create table made.public.large (id int not null, a double precision, b double precision, c double precision, d double precision, e double precision)',
    `insert into made.public.large select i, random(), random(), random(), random(), random() from generate_series(1, ${rows}) as t(i)`,
  ]);
}

/** Returns the stand-in's address, and continues to read its output: it would stop at a full pipe. */
function addressOf(): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    standIn.stdout.on('data', (piece: Buffer) => {
      if (text.length < 10_000) text += piece.toString();
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
    standIn.stdout.once('close', () => {
      reject(new Error(`the stand-in did not start: ${text}`));
    });
  });
}
