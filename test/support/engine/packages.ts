import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeZip } from '../../../src/templates/zip/write.ts';

/** A file in an archive: its name, its content, and its type in tar. */
export interface Packed {
  name: string;
  text: string;
  type?: string;
  mode?: number;
}

/**
 * A program that behaves as hyperd when it starts: it answers on the callback connection, and ends when that closes. It
 * starts in a tenth of the time.
 */
export const fakeEngine = (version: string) => `#!/usr/bin/env node
if (process.argv[2] === '--version') console.log('Hyper version main.${version}.r0123abcd');
else {
  const [, port] = /--callback-connection=tab.tcp:..127.0.0.1:(\\d+)/.exec(process.argv.join(' '));
  const socket = require('node:net').connect(Number(port), '127.0.0.1', () => socket.write('\\u0002x\\0'));
  socket.on('close', () => process.exit(0));
}
`;

/** Returns a gzipped tar archive, as npm packs packages. */
export function tgzOf(files: readonly Packed[]): Buffer {
  const blocks = files.flatMap(({ name, text, type = '0', mode = 0o644 }) => {
    const content = Buffer.from(text);
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    return [tarHeader({ name, type, mode, size: content.length }), content, padding];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function tarHeader({
  name,
  type,
  mode,
  size,
}: {
  name: string;
  type: string;
  mode: number;
  size: number;
}): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, digits: number) =>
    header.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  header.write(name, 0, 100, 'utf8');
  octal(mode, 100, 7);
  octal(size, 124, 11);
  header.write(' '.repeat(8), 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  header[154] = 0;
  return header;
}

/** Writes a package of npm with this engine in it. */
export async function writeTgz(file: string, engine: string, more: readonly Packed[] = []): Promise<void> {
  const files = [
    { name: 'package/package.json', text: '{}' },
    { name: 'package/hyperd', text: engine, mode: 0o755 },
    { name: 'package/LICENSE-HYPERD', text: 'terms' },
    ...more,
  ];
  await writeFile(file, tgzOf(files));
}

/** Writes a wheel with this engine in it. */
export async function writeWheel(file: string, engine: string, more: readonly Packed[] = []): Promise<void> {
  const files = [
    { name: 'tableauhyperapi/__init__.py', text: '' },
    { name: 'tableauhyperapi/bin/libtableauhyperapi.so', text: 'library' },
    { name: 'tableauhyperapi/bin/hyper/hyperd', text: engine },
    { name: 'tableauhyperapi-0.0.1.dist-info/LICENSE', text: 'terms' },
    ...more,
  ];
  const parts = files.map(({ name, text }) => {
    const bytes = Buffer.from(text);
    return { kind: 'add' as const, name, source: { bytes, size: bytes.length } };
  });
  await writeZip({ target: file, parts, compression: 'fast' });
}

/** Writes a program into a folder for PATH. */
export async function writeProgram(folder: string, name: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), script);
  await chmod(path.join(folder, name), 0o755);
}
