import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** SQL types by the names of columns. */
export type Columns = Readonly<Record<string, string>>;

const types: Columns = {
  id: 'bigint',
  customer: 'text',
  day: 'date',
  amount: 'double precision',
  quantity: 'int',
  region: 'text',
  sku: 'text',
  month: 'int',
  ratio: 'double precision',
  note: 'text',
};

/** Columns each value of which is checked, and those of which none can change: only the grammar is checked. */
export const kinds: Readonly<Record<string, Columns>> = {
  checked: types,
  unchecked: Object.fromEntries(Object.keys(types).map((name) => [name, 'text'])),
};

/** The objects of a bucket, and the same bytes as files that hyperd can open. */
export interface Objects {
  bucket: string;
  keys: readonly string[];
  /** Without gzip, whether the objects are packed or not. */
  files: readonly string[];
  isPacked: boolean;
}

/** Writes `mebibytes` of CSV as so many objects; packed objects beside the files that are in them. */
export async function writeObjects(
  folder: string,
  mebibytes: number,
  count: number,
  isPacked: boolean,
): Promise<Objects> {
  const bucket = `b-${count}${isPacked ? '-gz' : ''}`;
  const target = path.join(folder, 'buckets', bucket);
  const plain = isPacked ? path.join(folder, `${bucket}-plain`) : target;
  for (const one of [target, plain]) await mkdir(one, { recursive: true });
  const size = (mebibytes / count) * 2 ** 20;
  const parts = Math.max(1, Math.round(size / 2 ** 20));
  const part = Buffer.from(lines(size / parts));
  const text = Buffer.concat(Array.from({ length: parts }, () => part));
  const names = Array.from({ length: count }, (_, index) => `part_${String(index).padStart(3, '0')}.csv`);
  for (const name of names) {
    await writeFile(path.join(plain, name), text);
    if (isPacked) await writeFile(path.join(target, `${name}.gz`), gzipSync(text, { level: 1 }));
  }
  return {
    bucket,
    keys: names.map((name) => (isPacked ? `${name}.gz` : name)),
    files: names.map((name) => path.join(plain, name)),
    isPacked,
  };
}

function lines(size: number): string {
  const made: string[] = [];
  for (let length = 0, id = 1; length < size; id++) {
    const line = `${id},customer ${id % 9973},2026-0${1 + (id % 9)}-1${id % 10},${(id % 10_007) / 100},${id % 50},"Region ${id % 7}, East",SKU-${id % 4999},${id % 12},${(id % 97) / 4},note ${id % 31}\n`;
    made.push(line);
    length += line.length;
  }
  return made.join('');
}
