import { cp } from 'node:fs/promises';

import { openSamples } from './samples.ts';

/** Writes the files that conformance.py publishes: `tsx conformance-samples.ts DIRECTORY`. */
const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error('Say where the files shall go: tsx conformance-samples.ts DIRECTORY');
  process.exit(2);
}
const samples = await openSamples();
await samples.sales('big.hyper', 400_000);
const small = await samples.sales('small.hyper', 3);
await samples.tdsx('packaged.tdsx', small);
await samples.hyper('delta.hyper', [
  'create table made.public.delta (id int not null, region text, amount double precision)',
  `insert into made.public.delta values (1, 'changed', 10), (4, 'new', 40)`,
]);
await cp(samples.directory, directory, { recursive: true });
await samples.close();
