import { stat } from 'node:fs/promises';
import { contentOf } from '../disk/content-hash.ts';
import { RunError } from '../model/errors/run-error.ts';
import { openComplete } from './open-template.ts';
import { normalized, sharedNames } from './slot.ts';
import type { Template } from './template.ts';
import { editAttributes } from './tds/edit.ts';
import type { Compression } from '../model/config/template.ts';
import { writeZip } from './zip/write.ts';
import type { ZipOrder, ZipPart } from './zip/write.ts';

export interface Swap {
  template: Template;
  /** The new extract. It is read, never changed. */
  hyperPath: string;
  /** The .tdsx or .twbx to write; replaced if it exists. */
  outputPath: string;
  /** The compression; the default is `fast`: model/template.ts has the measurements. */
  compression?: Compression;
  /** Entries of the template that the package is not to have. */
  leaveOut?: readonly string[];
  signal?: AbortSignal;
  /** Is called right before the output gets its name; if it throws, no file is left. */
  confirm?: (() => Promise<void>) | undefined;
}

export interface Swapped {
  path: string;
  /** The entry that holds the extract, and how many bytes went into it. */
  entry: string;
  hyperBytes: number;
  /** The size of the package in bytes. */
  size: number;
  /** Nanoseconds since 1970 as text. */
  modified: string;
  /** SHA-256 of the package. */
  content: string;
}

/**
 * Writes a copy of the template with another extract in it. Every other entry is copied raw or left out; a bare
 * document is packed together with the extract. The result is opened again before it takes its name, so that the output is
 * either complete and sound or unchanged.
 *
 * Throws RunError EXT4000, EXT4005, EXT4006 (files), EXT4204 (the output would overwrite an input) or EXT4205 (the
 * result is not what it should be); an abort throws the signal's reason.
 */
export async function swapExtract(swap: Swap): Promise<Swapped> {
  const { template, hyperPath, outputPath, compression = 'fast', leaveOut = [], signal, confirm } = swap;
  const { size } = await stat(hyperPath).catch((cause: unknown) => {
    throw new RunError('EXT4000', `cannot open ${hyperPath}: ${(cause as Error).message}`, { cause });
  });
  await refuseSameFile(outputPath, hyperPath, 'the extract');
  if (template.package !== undefined) await refuseSameFile(outputPath, template.path, 'the template');
  let content = '';
  const order: ZipOrder = {
    target: outputPath,
    compression,
    signal,
    ...layOut(template, leaveOut, { path: hyperPath, size }),
    async verify(path) {
      await verify(path, template, { leaveOut, hyperSize: size });
      content = await contentOf(path, signal);
      await confirm?.();
    },
  };
  const mark = await writeZip(order);
  return { path: outputPath, entry: template.hyper.entry, hyperBytes: size, ...mark, content };
}

function layOut(
  template: Template,
  leaveOut: readonly string[],
  source: { path: string; size: number },
): Pick<ZipOrder, 'parts' | 'from'> {
  const bytes = packagedDocument(template);
  const document = { bytes, size: bytes.length };
  if (template.package === undefined) {
    return {
      parts: [
        { kind: 'add', name: template.document.name, source: document },
        { kind: 'add', name: template.hyper.entry, source },
      ],
    };
  }
  const { zip, hyper } = template.package;
  const isEdited = template.replaced !== undefined || bytes !== template.document.bytes;
  const parts = zip.entries
    .filter(({ name }) => !leaveOut.includes(name))
    .map((entry): ZipPart => {
      if (entry.name === hyper?.name) return { kind: 'replace', entry, source };
      if (entry.name === template.document.name && isEdited)
        return { kind: 'replace', entry, source: document };
      return { kind: 'copy', entry };
    });
  if (hyper === undefined) parts.push({ kind: 'add', name: template.hyper.entry, source });
  return { parts, from: zip };
}

/**
 * A .tds that names its .hyper elsewhere than in its new package is made to name it there. One whose package holds it
 * already stays as it is.
 */
function packagedDocument({ package: original, source, hyper, document, neighbours }: Template): Buffer {
  const isRight = (value: string) =>
    value === hyper.entry || (original !== undefined && normalized(value) === hyper.entry);
  const edits = [...hyper.dbnames, ...neighbours.flatMap(({ source: one }) => sharedNames(one, hyper))]
    .filter(({ value }) => !isRight(value))
    .map((attribute) => ({ attribute, value: hyper.entry }));
  return edits.length === 0 ? document.bytes : Buffer.from(editAttributes(source.text, edits), 'utf8');
}

/** Opens the result and checks it. The checksum of the extract was computed while it was written, so its bytes are not read again. */
async function verify(
  path: string,
  template: Template,
  { leaveOut, hyperSize }: { leaveOut: readonly string[]; hyperSize: number },
): Promise<void> {
  const wrong = (what: string) => new RunError('EXT4205', `the written package is wrong: ${what}`);
  const result = await openComplete(path, template.choice);
  const { entries } = result.package.zip;
  const before = template.package?.zip.entries.filter(({ name }) => !leaveOut.includes(name));
  const expected = before?.map(({ name }) => name) ?? [template.document.name];
  if (template.package?.hyper === undefined) expected.push(template.hyper.entry);
  if (entries.map(({ name }) => name).join('\n') !== expected.join('\n')) throw wrong('it has other entries');
  if (result.hyper.entry !== template.hyper.entry) throw wrong('its .tds names another .hyper');
  if (result.package.hyper.size !== hyperSize) throw wrong('the extract does not have its size');
  if (!result.document.bytes.equals(packagedDocument(template)))
    throw wrong('the .tds is not what was written');
  // The document has been compared, byte for byte.
  const others = new Set([template.hyper.entry, template.document.name]);
  const changed = before?.find(
    (original, n) => !others.has(original.name) && original.crc32 !== entries[n]?.crc32,
  );
  if (changed !== undefined) throw wrong(`entry "${changed.name}" changed`);
}

async function refuseSameFile(output: string, input: string, what: string): Promise<void> {
  const [one, other] = await Promise.all([identity(output), identity(input)]);
  if (one === undefined || one !== other) return;
  throw new RunError('EXT4204', `${output} is ${what} itself, which is never overwritten`);
}

async function identity(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
