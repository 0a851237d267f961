/**
 * Measures the time and the memory that putting a large extract into a template takes, beside copying the same file.
 *
 * npx tsx bench/swap.ts [GiB = 3] [store | fast | best] [rounds = 3]
 *
 * Both are measured until the bytes are on the disk (fsync). The extract is random bytes, which deflate cannot pack:
 * for levels other than `store` the numbers are a worst case.
 */
import { randomFillSync } from 'node:crypto';
import { copyFile, mkdtemp, open, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateDocument } from '../src/templates/generate/document.ts';
import { templateFromDocument } from '../src/templates/open-template.ts';
import { swapExtract } from '../src/templates/swap.ts';
import type { Compression } from '../src/model/config/template.ts';

const gib = Number(process.argv[2] ?? 3);
const compression = (process.argv[3] ?? 'store') as Compression;
const rounds = Number(process.argv[4] ?? 3);

void run();

async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'extracts-bench-'));
  try {
    const hyperPath = join(folder, 'large.hyper');
    await writeRandom(hyperPath, gib * 1024 ** 3);
    const template = templateFromDocument(Buffer.from(document()), 'bench', 'bench.tds');
    const outputPath = join(folder, 'out.tdsx');
    const copyPath = join(folder, 'copy.hyper');
    const times = { copy: [] as number[], swap: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      times.copy.push(await timed(() => copyAndSync(hyperPath, copyPath)));
      await unlink(copyPath);
      times.swap.push(await timed(() => swapExtract({ template, hyperPath, outputPath, compression })));
      await unlink(outputPath);
    }
    const [copy, swap] = [median(times.copy), median(times.swap)];
    console.log(`${gib} GiB, ${compression}, node ${process.version}, median of ${rounds}`);
    console.log(`copy  ${copy.toFixed(1)} s`);
    console.log(`swap  ${swap.toFixed(1)} s   ${(swap / copy).toFixed(2)} x copy`);
    console.log(`peak RSS ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function document(): string {
  return generateDocument({
    name: 'bench',
    tableau: '2023.1',
    schema: 'Extract',
    tables: [{ name: 'Extract', columns: [{ name: 'x', type: { kind: 'int' } }] }],
    relationships: [],
    calculations: [],
    hierarchies: [],
    folders: [],
  });
}

async function writeRandom(path: string, size: number): Promise<void> {
  const block = randomFillSync(Buffer.allocUnsafe(1024 * 1024));
  const file = await open(path, 'w');
  for (let at = 0; at < size; at += block.length) {
    block.writeDoubleLE(at, 0);
    await file.write(block, 0, Math.min(block.length, size - at), at);
  }
  await file.sync();
  await file.close();
}

async function copyAndSync(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const file = await open(to, 'r+');
  await file.sync();
  await file.close();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
