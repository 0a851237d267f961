import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunError } from '../../../src/model/errors/run-error.ts';
import { openTemplate } from '../../../src/templates/open-template.ts';
import { swapExtract } from '../../../src/templates/swap.ts';
import { unpackEntry } from '../../../src/templates/zip/inflate.ts';
import { readZip } from '../../../src/templates/zip/read.ts';
import { live } from '../support/documents.ts';
import { buildPackage, readPackage } from '../support/packages.ts';
import { programs } from '../support/programs.ts';

let folder: string;
let sound: Buffer;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'extracts-zip-'));
  if (programs.python) sound = readFileSync(buildPackage(folder, 'sound.tdsx', entries));
});
afterAll(() => rmSync(folder, { recursive: true }));

const hyper = 'Data/Extracts/sales.hyper';
const entries = [
  { name: 'sales.tds', data: live() },
  { name: hyper, data: 'hyper data', method: 0 },
];

/** Changes bytes of an archive after its making. Headers are found by their signatures. */
function tamper(
  name: string,
  change: (bytes: Buffer, at: { locals: number[]; centrals: number[]; end: number }) => Buffer | undefined,
): string {
  const path = join(folder, `${name}.tdsx`);
  const bytes = Buffer.from(sound);
  const all = (signature: string) => {
    const places: number[] = [];
    for (let at = bytes.indexOf(signature); at >= 0; at = bytes.indexOf(signature, at + 1)) places.push(at);
    return places;
  };
  const at = { locals: all('PK\x03\x04'), centrals: all('PK\x01\x02'), end: bytes.lastIndexOf('PK\x05\x06') };
  writeFileSync(path, change(bytes, at) ?? bytes);
  return path;
}

const inPlace =
  (change: (bytes: Buffer, at: { locals: number[]; centrals: number[]; end: number }) => void) =>
  (bytes: Buffer, at: { locals: number[]; centrals: number[]; end: number }) => {
    change(bytes, at);
    return bytes;
  };

describe.skipIf(!programs.python)('an archive that must not be trusted', () => {
  it.each([
    ['../evil.txt', 'contains a "." or ".." folder'],
    ['Data/../../evil.txt', 'contains a "." or ".." folder'],
    ['./sales.hyper', 'contains a "." or ".." folder'],
    ['/etc/passwd', 'is an absolute path'],
    ['C:/evil.txt', 'starts with a drive letter'],
    ['Data\\evil.txt', 'contains a backslash'],
    ['Data//evil.txt', 'contains an empty folder name'],
    ['Data/\u0007.txt', 'contains a control character'],
  ])('is refused for the name %j', async (name, why) => {
    const path = buildPackage(folder, 'name.tdsx', [...entries, { name, data: 'x' }]);
    await expect(readZip(path)).rejects.toMatchObject({
      code: 'EXT4002',
      message: `${path}: the entry name ${JSON.stringify(name)} ${why}`,
    });
  });

  it('is refused for a name that an extra field embellishes', async () => {
    const name = '../evil.txt';
    const field = Buffer.alloc(9 + 8);
    field.writeUInt16LE(0x7075, 0);
    field.writeUInt16LE(field.length - 4, 2);
    field.writeUInt8(1, 4);
    field.writeUInt32LE(crc32(name), 5);
    field.write('good.txt', 9);
    const path = buildPackage(folder, 'extra.tdsx', [
      ...entries,
      { name, data: 'x', extra: field.toString('hex') },
    ]);
    await expect(readZip(path)).rejects.toMatchObject({
      code: 'EXT4002',
      message: `${path}: the entry name "good.txt" contains a "." or ".." folder`,
    });
  });

  it('is refused for two entries of a name', async () => {
    const path = buildPackage(folder, 'twice.tdsx', [...entries, { name: hyper, data: 'other' }]);
    await expect(readZip(path)).rejects.toMatchObject({
      code: 'EXT4002',
      message: expect.stringContaining('two entries') as unknown,
    });
  });

  const both = (offsetLocal: number, offsetCentral: number, value: number) =>
    inPlace((bytes, { locals, centrals }) => {
      bytes.writeUInt16LE(value, locals[1]! + offsetLocal);
      bytes.writeUInt16LE(value, centrals[1]! + offsetCentral);
    });

  it.each([
    ['encrypted', 'EXT4003', 'is encrypted', both(6, 8, 1)],
    ['packed with LZMA', 'EXT4003', 'compressed with method 14', both(8, 10, 14)],
    ['truncated', 'EXT4001', 'not a sound zip', (bytes: Buffer) => bytes.subarray(0, -30)],
    ['cut in the middle', 'EXT4001', 'not a sound zip', (bytes: Buffer) => bytes.subarray(0, 500)],
    ['no zip at all', 'EXT4001', 'not a sound zip', () => Buffer.from('PK, or so I say')],
    ['empty', 'EXT4001', 'not a sound zip', () => Buffer.alloc(0)],
    [
      'with bytes after its end',
      'EXT4001',
      'not a sound zip',
      (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('more')]),
    ],
    [
      'with another size in the directory',
      'EXT4001',
      'another size or checksum in its local header',
      inPlace((bytes, { centrals }) => {
        bytes.writeUInt32LE(9, centrals[1]! + 20);
        bytes.writeUInt32LE(9, centrals[1]! + 24);
      }),
    ],
    [
      'reaching beyond its end',
      'EXT4001',
      'reaches beyond the end',
      inPlace((bytes, { centrals }) => {
        bytes.writeUInt32LE(1 << 20, centrals[1]! + 20);
        bytes.writeUInt32LE(1 << 20, centrals[1]! + 24);
      }),
    ],
    [
      'with overlapping entries',
      'EXT4001',
      'overlaps',
      inPlace((bytes, { locals, centrals }) => {
        for (const [at, field] of [
          [locals[1]!, 18],
          [centrals[1]!, 20],
        ] as const) {
          bytes.writeUInt32LE(30, at + field);
          bytes.writeUInt32LE(30, at + field + 4);
        }
      }),
    ],
    [
      'with a local header of another entry',
      'EXT4001',
      'another name in its local header',
      inPlace((bytes, { locals, centrals }) => bytes.writeUInt32LE(locals[0]!, centrals[1]! + 42)),
    ],
    [
      'with an offset that leads nowhere',
      'EXT4001',
      'has no local header',
      inPlace((bytes, { centrals }) => bytes.writeUInt32LE(7, centrals[1]! + 42)),
    ],
    [
      'hiding an entry',
      'EXT4001',
      'not as long as it says',
      inPlace((bytes, { end }) => {
        bytes.writeUInt16LE(1, end + 8);
        bytes.writeUInt16LE(1, end + 10);
      }),
    ],
    ['with a descriptor that is none', 'EXT4001', 'no data descriptor that agrees', both(6, 8, 8)],
  ])('is refused when it is %s', async (name, code, message, change) => {
    const path = tamper(name, change);
    await expect(readZip(path)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
    });
  });

  it('is refused when it lists more entries than a package can have', async () => {
    const path = join(folder, 'many.tdsx');
    const script =
      "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1], 'w')\nfor n in range(10001): z.writestr(str(n), '')\nz.close()";
    execFileSync('python3', ['-c', script, path]);
    await expect(readZip(path)).rejects.toMatchObject({
      code: 'EXT4001',
      message: expect.stringContaining('10001 entries') as unknown,
    });
  });

  it.each([
    ['checksum', 'does not match its checksum', (bytes: Buffer, at: number) => bytes.writeUInt32LE(1, at)],
    ['data', 'cannot be unpacked', undefined],
  ])('is refused when the .tds has wrong %s', async (name, message, change) => {
    const path = tamper(`damaged ${name}`, (bytes, { locals, centrals }) => {
      if (change === undefined) bytes.fill(0xff, locals[0]! + 39, locals[0]! + 60);
      else {
        change(bytes, locals[0]! + 14);
        change(bytes, centrals[0]! + 16);
      }
      return bytes;
    });
    await expect(openTemplate(path)).rejects.toMatchObject({
      code: 'EXT4001',
      message: expect.stringContaining(message) as unknown,
    });
  });

  it('is refused when its .tds is a bomb, declared or not', async () => {
    const bomb = buildPackage(folder, 'bomb.tdsx', [{ name: 'a.tds', data: Buffer.alloc(70 << 20, ' ') }]);
    await expect(openTemplate(bomb)).rejects.toMatchObject({ code: 'EXT4004' });
    const [entry] = (await readZip(bomb)).entries;
    // An entry that says it is small is unpacked no further than that.
    const packed = deflateRawSync(Buffer.alloc(9 << 20, ' '));
    const path = join(folder, 'lying.bin');
    writeFileSync(path, packed);
    const zip = { path, fileSize: packed.length, modified: 0, entries: [], comment: Buffer.alloc(0) };
    const lying = { ...entry!, dataStart: 0, compressedSize: packed.length, size: 100 };
    await expect(unpackEntry(zip, lying, 64 << 20)).rejects.toMatchObject({
      code: 'EXT4001',
      message: expect.stringContaining('unpacks to more bytes than it says') as unknown,
    });
  });

  it('never answers damaged bytes with anything but a RunError', async () => {
    const target = join(folder, 'fuzzed.tdsx');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 4 }),
        async (changes) => {
          const bytes = Buffer.from(sound);
          for (const [at, value] of changes) bytes[at] = value;
          writeFileSync(target, bytes);
          await openTemplate(target).catch((error: unknown) => {
            if (!(error instanceof RunError)) throw error;
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe.skipIf(!programs.python)('archives of other writers', () => {
  /**
   * Written to a pipe: data descriptors behind the data, and ZIP64 fields where somebody thought they might
   * be needed.
   */
  const script = `
import sys, zipfile
class Pipe:
    def __init__(self, f): self.f = f
    def write(self, b): return self.f.write(b)
    def flush(self): self.f.flush()
with open(sys.argv[1], 'wb') as f:
    z = zipfile.ZipFile(Pipe(f) if sys.argv[4] == 'pipe' else f, 'w', zipfile.ZIP_DEFLATED)
    with z.open('sales.tds', 'w', force_zip64=sys.argv[3] == '64') as e: e.write(open(sys.argv[2], 'rb').read())
    with z.open('${hyper}', 'w', force_zip64=sys.argv[3] == '64') as e: e.write(b'old')
    z.writestr('Data/', '')
    z.close()
`;

  it.each([
    ['32', 'pipe'],
    ['64', 'pipe'],
    ['64', 'file'],
    ['32', 'file'],
  ])('are read and copied: %s bits, to a %s', async (bits, kind) => {
    const document = join(folder, 'document');
    writeFileSync(document, live());
    const path = join(folder, `${kind}${bits}.tdsx`);
    execFileSync('python3', ['-c', script, path, document, bits, kind]);
    const hyperPath = join(folder, 'new.hyper');
    writeFileSync(hyperPath, 'new');
    const outputPath = join(folder, 'other.tdsx');
    await swapExtract({ template: await openTemplate(path), hyperPath, outputPath });
    const [before, after] = [readPackage(path), readPackage(outputPath)];
    expect(after.map(({ name }) => name)).toEqual(['sales.tds', hyper, 'Data/']);
    expect(after[0]!.sha256).toBe(before[0]!.sha256);
    expect(after[1]!.size).toBe(3);
    expect(after[1]!.flags & 8).toBe(0);
  });
});
