import { getFileNameLowLevel } from 'yauzl';
import type { Entry } from 'yauzl';

/**
 * The name of an entry as text. Without bit 11 the standard says CP437, but many writers (old Tableau Desktops among
 * them) put UTF-8 there: what is well-formed UTF-8 is read as such.
 */
export function decodeName(entry: Entry): string {
  const raw = entry.fileNameRaw;
  const hasUnicodePath = entry.extraFields.some((field) => field.id === unicodePath);
  const flags =
    hasUnicodePath || !isUtf8(raw) ? entry.generalPurposeBitFlag : entry.generalPurposeBitFlag | utf8Names;
  return getFileNameLowLevel(flags, raw, entry.extraFields, true);
}

/**
 * Returns why a name must not be trusted, or undefined. The names on this list would leave the folder they are
 * unpacked into.
 */
export function unsafeName(name: string): string | undefined {
  if (name === '') return 'is empty';
  // eslint-disable-next-line no-control-regex -- control characters in names are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'contains a control character';
  if (name.includes('\\')) return 'contains a backslash';
  if (name.startsWith('/')) return 'is an absolute path';
  if (/^[a-z]:/i.test(name)) return 'starts with a drive letter';
  if (name.split('/').some((part) => part === '..' || part === '.')) return 'contains a "." or ".." folder';
  if (name.includes('//')) return 'contains an empty folder name';
  return undefined;
}

const unicodePath = 0x7075;

/** The general purpose bit of a name in UTF-8. */
const utf8Names = 1 << 11;

function isUtf8(raw: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(raw);
    return true;
  } catch {
    return false;
  }
}
