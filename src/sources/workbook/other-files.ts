import { FileProblem } from '../delimited/file-problem.ts';
import { isPage } from '../delimited/foreign-content.ts';

const OLD = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const ENCRYPTED = Buffer.from('EncryptedPackage', 'utf16le');

/** Throws a FileProblem for files of other kinds that users name .xlsx. */
export function refuseOtherFiles(head: Buffer): void {
  if (head.length === 0)
    throw new FileProblem(
      'EXT2111',
      'is empty',
      'exclude it, or write empty_files: skip in its format: it has no rows then',
    );
  if (head.subarray(0, 8).equals(OLD)) {
    if (head.includes(ENCRYPTED))
      throw new FileProblem(
        'EXT2123',
        'is protected by a password',
        'save it in Excel without one: File, Info, Protect Workbook',
      );
    throw new FileProblem(
      'EXT2110',
      'is an old Excel workbook (.xls), or protected by a password',
      'save it as .xlsx, without a password',
    );
  }
  if (head.subarray(0, 2).toString('latin1') === 'PK') return;
  const text = head.toString('utf8');
  const what = isPage(text)
    ? 'is a page of HTML'
    : /^\ufeff?\s*<\?xml/.test(text)
      ? 'is XML'
      : 'is text or something else';
  throw new FileProblem(
    'EXT2110',
    `${what}, and no workbook (.xlsx)`,
    'save it as .xlsx in Excel; if it is text, write format: csv',
  );
}
