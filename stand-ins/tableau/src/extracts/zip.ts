import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

import type { Entry, ZipFile } from 'yauzl';
import yauzl from 'yauzl';

/** The names of all entries, in order. Throws when the file is not a zip. */
export async function listEntries(zip: string): Promise<string[]> {
  return reading(zip, async (file) => (await entriesOf(file)).map((entry) => entry.fileName));
}

export async function readEntryText(zip: string, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  await reading(zip, async (file) => {
    for await (const chunk of await contentOf(file, name)) chunks.push(chunk as Buffer);
  });
  return Buffer.concat(chunks).toString('utf8');
}

export async function extractEntry(zip: string, name: string, target: string): Promise<void> {
  await reading(zip, async (file) => {
    const handle = await open(target, 'w');
    await pipeline(await contentOf(file, name), handle.createWriteStream());
  });
}

/** Writes a copy of the zip, same entries in the same order, that keeps or replaces entries by what `choose` says. */
export async function rewriteZip(
  zip: string,
  target: string,
  choose: (name: string) => 'keep' | 'drop' | { file: string },
): Promise<void> {
  await reading(zip, async (file) => {
    const entries = await entriesOf(file);
    const contents: ZipContent[] = entries.flatMap((entry) => {
      const choice = choose(entry.fileName);
      if (choice === 'drop') return [];
      const read =
        choice === 'keep' ? () => file.openReadStreamPromise(entry) : () => fileStream(choice.file);
      return [{ name: entry.fileName, read }];
    });
    await writeZip(target, contents);
  });
}

export interface ZipContent {
  name: string;
  read: () => Promise<AsyncIterable<Uint8Array>>;
}

export function fileStream(file: string): Promise<AsyncIterable<Uint8Array>> {
  return Promise.resolve(createReadStream(file));
}

/** Writes deflated entries as Tableau does: sizes in the local headers, UTF-8 names, no directory entries, no zip64. */
export async function writeZip(target: string, contents: readonly ZipContent[]): Promise<void> {
  const handle = await open(target, 'w');
  try {
    const directory: Buffer[] = [];
    let at = 0;
    const append = async (bytes: Uint8Array) => {
      await handle.write(bytes, 0, bytes.length, at);
      at += bytes.length;
    };
    for (const content of contents) {
      const start = at;
      const name = Buffer.from(content.name);
      const blank = header(localSignature, name, { crc: 0, packed: 0, size: 0 }, undefined);
      await append(blank);
      const sizes = await deflateInto(content, append);
      const written = header(localSignature, name, sizes, undefined);
      await handle.write(written, 0, written.length, start);
      directory.push(header(centralSignature, name, sizes, start));
    }
    const start = at;
    for (const record of directory) await append(record);
    await append(endRecord(directory.length, at - start, start));
  } finally {
    await handle.close();
  }
}

interface Sizes {
  crc: number;
  packed: number;
  size: number;
}

async function deflateInto(
  content: ZipContent,
  append: (bytes: Uint8Array) => Promise<void>,
): Promise<Sizes> {
  const sizes: Sizes = { crc: 0, packed: 0, size: 0 };
  const source = await content.read();
  async function* measured() {
    for await (const chunk of source) {
      sizes.crc = crc32(chunk, sizes.crc);
      sizes.size += chunk.length;
      yield chunk;
    }
  }
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      sizes.packed += chunk.length;
      append(chunk).then(() => done(), done);
    },
  });
  await pipeline(measured, createDeflateRaw({ level: 1 }), sink);
  return sizes;
}

const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const versionNeeded = 20;
const utf8Names = 0x800;
const deflated = 8;
const january1980 = 0x21;

function header(signature: number, name: Buffer, sizes: Sizes, offset: number | undefined): Buffer {
  const isCentral = offset !== undefined;
  const record = Buffer.alloc(isCentral ? 46 : 30);
  record.writeUInt32LE(signature, 0);
  let at = 4;
  const short = (value: number) => (at = record.writeUInt16LE(value, at));
  const long = (value: number) => (at = record.writeUInt32LE(value, at));
  if (isCentral) short(versionNeeded);
  short(versionNeeded);
  short(utf8Names);
  short(deflated);
  short(0);
  short(january1980);
  long(sizes.crc);
  long(sizes.packed);
  long(sizes.size);
  short(name.length);
  if (isCentral) record.writeUInt32LE(offset, 42);
  return Buffer.concat([record, name]);
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(endSignature, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}

async function reading<T>(zip: string, work: (file: ZipFile) => Promise<T>): Promise<T> {
  const file = await yauzl.openPromise(zip, { autoClose: false, lazyEntries: true, strictFileNames: true });
  try {
    return await work(file);
  } finally {
    file.close();
  }
}

async function entriesOf(file: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of file.eachEntry()) entries.push(entry);
  return entries;
}

async function contentOf(file: ZipFile, name: string) {
  const entry = (await entriesOf(file)).find((candidate) => candidate.fileName === name);
  if (entry === undefined) throw new Error(`the package has no entry '${name}'`);
  return file.openReadStreamPromise(entry);
}
