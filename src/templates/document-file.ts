import { readFile, stat } from 'node:fs/promises';
import { reasonOf } from '../disk/reason.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { Choice } from './template.ts';
import { unpackEntry } from './zip/inflate.ts';
import { readZip } from './zip/read.ts';
import type { ZipArchive, ZipEntry } from './zip/read.ts';

/** Largest document that is read. Ten thousand fields make about 10 MB. */
const maxDocument = 64 * 1024 * 1024;

/** Reads a .tds or .twb that is in no package (EXT4000). */
export async function readDocument(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > maxDocument) throw new Error(`it has more than ${maxDocument} bytes`);
    return await readFile(path);
  } catch (cause) {
    throw new RunError('EXT4000', `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** The document at the root of a package. */
interface PackedDocument {
  zip: ZipArchive;
  document: ZipEntry;
  bytes: Buffer;
}

/** Reads the document of a .tdsx or .twbx, which must have exactly one (EXT4201). */
export async function readPacked(path: string, extension: Choice['kind']): Promise<PackedDocument> {
  const zip = await readZip(path);
  const isDocument = new RegExp(`\\.${extension}$`, 'i');
  const documents = zip.entries.filter(({ name }) => !name.includes('/') && isDocument.test(name));
  const [document, second] = documents;
  if (document === undefined || second !== undefined) {
    const found = document === undefined ? 'none' : documents.map(({ name }) => `"${name}"`).join(', ');
    throw new RunError(
      'EXT4201',
      `${path} must have exactly one .${extension} at its root; it has ${found}`,
      {
        hint: repackingHint(
          zip.entries.map(({ name }) => name),
          extension,
        ),
      },
    );
  }
  return { zip, document, bytes: await unpackEntry(zip, document, maxDocument) };
}

/** Returns how to repair what other programs make of a package that a user unpacks and packs. */
function repackingHint(names: readonly string[], extension: Choice['kind']): string | undefined {
  const isOfMac = (name: string) => /(?:^|\/)\._|^__MACOSX\//.test(name);
  const isDocument = new RegExp(`^(?:[^/]+/)?[^/]+\\.${extension}$`, 'i');
  const documents = names.filter((name) => isDocument.test(name));
  const inFolder = documents.find((name) => name.includes('/') && !isOfMac(name));
  if (documents.some((name) => name.startsWith('._')))
    return 'files that start with "._" are leftovers of macOS: delete them from the package (zip -d FILE "._*")';
  if (inFolder === undefined) return undefined;
  return `it was packed together with its folder: pack what is in "${inFolder.split('/')[0] ?? ''}", not the folder itself`;
}
