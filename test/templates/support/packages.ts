import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PackageEntry {
  name: string;
  data: Buffer | string;
  /** 8 (deflated) unless said otherwise. */
  method?: number;
  /** General purpose bits to set beside those of python's. */
  flags?: number;
  extra?: string;
  comment?: string;
  /** Unix permissions. */
  mode?: number;
  date?: [number, number, number, number, number, number];
}

/**
 * Builds an archive with python's zipfile: another implementation than the one under test. Flags of Tableau's writer
 * that python would not set are patched into both headers afterwards.
 */
export function buildPackage(
  folder: string,
  name: string,
  entries: readonly PackageEntry[],
  comment = '',
): string {
  const path = join(folder, name);
  const order = entries.map((entry, n) => {
    const file = join(folder, `${name}.${n}.data`);
    writeFileSync(file, entry.data);
    return { ...entry, data: file };
  });
  const orderFile = join(folder, `${name}.json`);
  writeFileSync(orderFile, JSON.stringify({ path, entries: order, comment }));
  execFileSync('python3', ['-c', writer, orderFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  return path;
}

/** What python reads out of an archive, after testing every checksum. */
export function readPackage(path: string): PythonEntry[] {
  const out = execFileSync('python3', ['-c', reader, path], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return JSON.parse(out) as PythonEntry[];
}

export interface PythonEntry {
  name: string;
  method: number;
  flags: number;
  crc: number;
  size: number;
  date: number[];
  extra: string;
  comment: string;
  attributes: number;
  system: number;
  /** Hexadecimal digest of the unpacked bytes. */
  sha256: string;
  archiveComment: string;
}

const writer = `
import json, sys, zipfile, struct
order = json.load(open(sys.argv[1]))
with zipfile.ZipFile(order['path'], 'w') as z:
    for e in order['entries']:
        info = zipfile.ZipInfo(e['name'], tuple(e.get('date', [2023, 4, 5, 6, 7, 8])))
        info.compress_type = e.get('method', 8)
        info.create_system = 0
        if 'mode' in e:
            info.create_system = 3
            info.external_attr = e['mode'] << 16
        info.extra = bytes.fromhex(e.get('extra', ''))
        info.comment = e.get('comment', '').encode()
        z.writestr(info, open(e['data'], 'rb').read())
    z.comment = order['comment'].encode()
    places = [(i.header_offset, e.get('flags', 0)) for i, e in zip(z.infolist(), order['entries'])]
data = bytearray(open(order['path'], 'rb').read())
at = data.rfind(b'PK\\x05\\x06')
at = struct.unpack_from('<I', data, at + 16)[0]
for offset, flags in places:
    for place in (offset + 6, at + 8):
        struct.pack_into('<H', data, place, struct.unpack_from('<H', data, place)[0] | flags)
    at += 46 + sum(struct.unpack_from('<HHH', data, at + 28))
open(order['path'], 'wb').write(data)
`;

const reader = `
import hashlib, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps([{
        'name': i.filename, 'method': i.compress_type, 'flags': i.flag_bits, 'crc': i.CRC, 'size': i.file_size,
        'date': list(i.date_time), 'extra': i.extra.hex(), 'comment': i.comment.decode(), 'attributes': i.external_attr,
        'system': i.create_system, 'sha256': hashlib.sha256(z.read(i)).hexdigest(), 'archiveComment': z.comment.decode(),
    } for i in z.infolist()]))
`;
