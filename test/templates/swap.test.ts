import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTemplate } from '../../src/templates/open-template.ts';
import { swapExtract } from '../../src/templates/swap.ts';
import { readZip } from '../../src/templates/zip/read.ts';
import { crlf, extracted, live } from './support/documents.ts';
import { buildPackage, readPackage } from './support/packages.ts';
import { programs } from './support/programs.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'extracts-swap-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Bytes that do not pack well, and differ for every seed. */
function someBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0, state = seed; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

function newHyper(name: string, bytes = someBytes(300_000, 7)): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const liveEntry = 'Data/Extracts/sales.hyper';
const extractEntry = 'Data/SampleWB.twb Files/World Indicators new.hyper';

/** Entries around the extract with all that a zip can say about them. */
function realistic(document: string, entry: string) {
  return [
    { name: 'Übersicht 2023.tds', data: document, flags: 0x806 },
    {
      name: 'Data/Other Files/карта & plan.csv',
      data: 'a,b\n1,2\n',
      flags: 0x802,
      extra: '55540500010000005f',
      comment: 'kept',
    },
    { name: entry, data: someBytes(50_000), flags: 6, extra: '55540500010000005e', comment: 'old data' },
    {
      name: 'Data/image.png',
      data: someBytes(2_000, 3),
      method: 0,
      mode: 0o640,
      date: [1999, 12, 31, 23, 59, 58] as never,
    },
    { name: 'empty.txt', data: '', method: 0 },
  ];
}

describe.skipIf(!programs.python)('swapping the extract of a package', () => {
  const flavours = [
    ['live, prefixed', live(), liveEntry],
    ['live, plain', live({ spelling: 'plain' }), liveEntry],
    ['live, dbname with backslashes', live({ dbname: '\\Data\\Extracts\\sales.hyper' }), liveEntry],
    ['extract', extracted(), extractEntry],
    ['extract, CRLF', crlf(extracted()), extractEntry],
  ] as const;

  it.each(flavours)('changes only the bytes of the extract: %s', async (name, document, entry) => {
    const path = buildPackage(folder, `${name}.tdsx`, realistic(document, entry), 'archive comment');
    const before = readFileSync(path);
    const hyperPath = newHyper(`${name}.hyper`);
    const outputPath = join(folder, `${name}.out.tdsx`);
    const template = await openTemplate(path);
    const swapped = await swapExtract({ template, hyperPath, outputPath });
    expect(swapped).toMatchObject({ path: outputPath, entry, hyperBytes: 300_000 });
    expect(swapped.size).toBe(statSync(outputPath).size);

    const [old, now] = [readPackage(path), readPackage(outputPath)];
    expect(now.map(({ name }) => name)).toEqual(old.map(({ name }) => name));
    const hyper = now.findIndex(({ name }) => name === entry);
    expect(now[hyper]).toEqual({
      ...old[hyper],
      crc: now[hyper]!.crc,
      size: 300_000,
      sha256: sha256(readFileSync(hyperPath)),
    });
    expect(now.toSpliced(hyper, 1)).toEqual(old.toSpliced(hyper, 1));
    expect(now[0]!.archiveComment).toBe('archive comment');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each([
    ['that it names inside', liveEntry, false],
    ['that it names on the disk of its author', 'C:\\Users\\me\\sales.hyper', true],
  ])('adds the extract to a package that was saved without it: %s', async (_, dbname, isEdited) => {
    const entries = realistic(live({ dbname }), 'Data/thumbnail').filter(
      ({ name }) => name !== 'Data/thumbnail',
    );
    const path = buildPackage(folder, 'without.tdsx', entries);
    const outputPath = join(folder, 'without.out.tdsx');
    const hyperPath = newHyper('without.hyper');
    await swapExtract({ template: await openTemplate(path), hyperPath, outputPath });
    const [old, now] = [readPackage(path), readPackage(outputPath)];
    const [document, ...others] = now;
    expect(others.at(-1)).toMatchObject({ name: liveEntry, sha256: sha256(readFileSync(hyperPath)) });
    expect(others.slice(0, -1)).toEqual(old.slice(1));
    expect(document?.name).toBe(old[0]?.name);
    expect(document?.sha256).toBe(sha256(Buffer.from(live())));
    expect(document?.sha256 === old[0]?.sha256).toBe(!isEdited);
    const again = await openTemplate(outputPath);
    expect(again.package?.hyper?.name).toBe(liveEntry);
  });

  it('copies the other entries byte for byte, local headers and all', async () => {
    const path = buildPackage(folder, 'raw.tdsx', realistic(live(), liveEntry));
    const outputPath = join(folder, 'raw.out.tdsx');
    await swapExtract({ template: await openTemplate(path), hyperPath: newHyper('raw.hyper'), outputPath });
    const raw = async (file: string) => {
      const bytes = readFileSync(file);
      const { entries } = await readZip(file);
      return entries
        .filter(({ name }) => name !== liveEntry)
        .map(({ start, end }) => bytes.subarray(start, end).toString('hex'));
    };
    expect(await raw(outputPath)).toEqual(await raw(path));
    expect((await raw(path)).length).toBe(4);
  });

  it('gives back the very file when the same bytes go in at the same level', async () => {
    const path = buildPackage(folder, 'same.tdsx', [
      { name: 'a.tds', data: live(), flags: 6 },
      { name: liveEntry, data: someBytes(1_000), method: 0 },
      { name: 'z', data: 'z', flags: 6 },
    ]);
    const outputPath = join(folder, 'same.out.tdsx');
    const hyperPath = newHyper('same.hyper', someBytes(1_000));
    await swapExtract({ template: await openTemplate(path), hyperPath, outputPath, compression: 'store' });
    expect(readFileSync(outputPath).equals(readFileSync(path))).toBe(true);
  });

  it.each(['store', 'fast', 'best'] as const)('packs as asked: %s', async (compression) => {
    const path = buildPackage(folder, `${compression}.tdsx`, realistic(live(), liveEntry));
    const outputPath = join(folder, `${compression}.out.tdsx`);
    const hyperPath = newHyper('level.hyper', Buffer.from('abcdefgh'.repeat(40_000)));
    await swapExtract({ template: await openTemplate(path), hyperPath, outputPath, compression });
    const entry = readPackage(outputPath).find(({ name }) => name === liveEntry)!;
    expect([entry.method, entry.flags & ~0x800]).toEqual(
      { store: [0, 0], fast: [8, 6], best: [8, 2] }[compression],
    );
    expect(entry.sha256).toBe(sha256(readFileSync(hyperPath)));
  });

  it('leaves the output as it was when it is aborted, and no partial file', async () => {
    const path = buildPackage(folder, 'abort.tdsx', realistic(live(), liveEntry));
    const own = mkdtempSync(join(folder, 'abort-'));
    const outputPath = join(own, 'out.tdsx');
    writeFileSync(outputPath, 'before');
    const template = await openTemplate(path);
    const hyperPath = newHyper('abort.hyper', someBytes(20_000_000));
    for (const compression of ['store', 'fast'] as const) {
      const abort = new AbortController();
      const swapping = swapExtract({ template, hyperPath, outputPath, compression, signal: abort.signal });
      setImmediate(() => abort.abort(new Error('enough')));
      await expect(swapping).rejects.toThrow('enough');
      expect(readdirSync(own)).toEqual(['out.tdsx']);
      expect(readFileSync(outputPath, 'utf8')).toBe('before');
    }
  });

  it('refuses to overwrite the template or the extract, also through a link', async () => {
    const path = buildPackage(folder, 'self.tdsx', realistic(live(), liveEntry));
    const template = await openTemplate(path);
    const hyperPath = newHyper('self.hyper');
    const link = join(folder, 'link.tdsx');
    execFileSync('ln', ['-s', path, link]);
    for (const outputPath of [path, link, hyperPath]) {
      await expect(swapExtract({ template, hyperPath, outputPath })).rejects.toMatchObject({
        code: 'EXT4204',
      });
    }
  });

  it('notices that the template changed after it was opened', async () => {
    const path = buildPackage(folder, 'moved.tdsx', realistic(live(), liveEntry));
    const template = await openTemplate(path);
    buildPackage(folder, 'moved.tdsx', realistic(live(), liveEntry), 'another comment');
    const swap = { template, hyperPath: newHyper('moved.hyper'), outputPath: join(folder, 'moved.out.tdsx') };
    await expect(swapExtract(swap)).rejects.toMatchObject({ code: 'EXT4005' });
  });

  it.skipIf(!programs.unzip)('passes unzip -t', async () => {
    const path = buildPackage(folder, 'unzip.tdsx', realistic(live(), liveEntry));
    const outputPath = join(folder, 'unzip.out.tdsx');
    await swapExtract({ template: await openTemplate(path), hyperPath: newHyper('unzip.hyper'), outputPath });
    expect(execFileSync('unzip', ['-t', outputPath], { encoding: 'utf8' })).toContain('No errors detected');
  });
});

describe.skipIf(!programs.python)('packing a bare .tds', () => {
  it('puts it and the extract into a new package, the same bytes every time', async () => {
    const path = join(folder, 'Sales.tds');
    writeFileSync(path, live());
    const hyperPath = newHyper('bare.hyper');
    const outputs = ['one.tdsx', 'two.tdsx'].map((name) => join(folder, name));
    for (const outputPath of outputs) {
      await swapExtract({ template: await openTemplate(path), hyperPath, outputPath });
    }
    expect(readPackage(outputs[0]!)).toMatchObject([
      { name: 'Sales.tds', sha256: sha256(readFileSync(path)), flags: 6, system: 0 },
      { name: liveEntry, sha256: sha256(readFileSync(hyperPath)) },
    ]);
    expect(readFileSync(outputs[0]!).equals(readFileSync(outputs[1]!))).toBe(true);
    expect((await openTemplate(outputs[0]!)).hyper.entry).toBe(liveEntry);
  });

  it.each([
    ['C:\\Users\\me\\Müller &amp; &apos;Söhne&apos;.hyper', "Data/Extracts/Müller & 'Söhne'.hyper"],
    ['/home/me/sales.hyper', 'Data/Extracts/sales.hyper'],
    ['../up.hyper', 'Data/Extracts/up.hyper'],
    ['', 'Data/Extracts/federated.1a2b3c.hyper'],
  ])('moves %j into the package and changes nothing else of the .tds', async (dbname, entry) => {
    const path = join(folder, 'disk.tds');
    const text = '\ufeff' + crlf(live({ dbname }));
    writeFileSync(path, text);
    const outputPath = join(folder, 'disk.tdsx');
    await swapExtract({ template: await openTemplate(path), hyperPath: newHyper('disk.hyper'), outputPath });
    const packed = (await openTemplate(outputPath)).document.bytes.toString('utf8');
    const escaped = entry.replace('&', '&amp;').replaceAll("'", '&apos;');
    const changed = packed
      .split('\r\n')
      .flatMap((line, n) => (line === text.split('\r\n')[n] ? [] : [line.trim()]));
    expect(changed).toEqual([
      `<connection authentication='auth-none' author-locale='en_US' class='hyper' dbname='${escaped}' default-settings='yes' server='' sslmode='' username='tableau_internal_user' />`,
    ]);
    expect(packed.length).toBe(text.length - dbname.length + escaped.length);
    expect(readPackage(outputPath)[1]!.name).toBe(entry);
  });

  it('writes 64-bit sizes only where 32 bits are too few', async () => {
    const path = join(folder, 'small.tds');
    writeFileSync(path, live());
    const outputPath = join(folder, 'small.tdsx');
    await swapExtract({ template: await openTemplate(path), hyperPath: newHyper('small.hyper'), outputPath });
    const bytes = readFileSync(outputPath);
    expect(bytes.includes(Buffer.from('PK\x06\x06'))).toBe(false);
    expect(readPackage(outputPath).every(({ extra }) => extra === '')).toBe(true);
    expect(statSync(outputPath).size).toBe(bytes.length);
  });
});
