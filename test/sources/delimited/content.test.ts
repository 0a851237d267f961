import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { foreignContent } from '../../../src/sources/delimited/foreign-content.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('what a file is by its first bytes', () => {
  it.each<[string, Buffer, string, string]>([
    ['zip', bytes('PK\x03\x04\x14\0\0\0\x08\0a.csv'), 'is a zip archive, not text', 'write compression: zip in its format'],
    ['xlsx', bytes('PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml'), 'is an Excel workbook (.xlsx), not text', 'write format: xlsx'],
    ['xls', bytes('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), 'is an old Excel workbook (.xls), not text', 'save it as UTF-8 text (CSV)'],
    ['ods', bytes('PK\x03\x04\x14\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet'), 'is an OpenDocument file, not text', 'save it as UTF-8 text (CSV)'],
    ['gzip', gzipSync('id\n'), 'is packed with gzip', 'write compression: gzip in its format'],
    ['bzip2', bytes('BZh91AY&SY\x01'), 'is packed with bzip2', 'unpack it first: only gzip and zip are unpacked here'],
    ['zstd', bytes('\x28\xb5\x2f\xfd\x04'), 'is packed with zstd', 'unpack it first: only gzip and zip are unpacked here'],
    ['xz', bytes('\xfd7zXZ\0'), 'is packed with xz', 'unpack it first: only gzip and zip are unpacked here'],
    ['tar', bytes(`${'a'.repeat(257)}ustar\0`), 'is packed with tar', 'unpack it first: only gzip and zip are unpacked here'],
    ['Parquet', bytes('PAR1\x15\x04'), 'is a Parquet file, not text', 'write format: parquet'],
    ['Avro', bytes('Obj\x01\x04'), 'is an Avro file, not text', 'save it as UTF-8 text (CSV)'],
    ['ORC', bytes('ORC\x12'), 'is an ORC file, not text', 'save it as UTF-8 text (CSV)'],
    ['PDF', bytes('%PDF-1.7\n'), 'is a PDF document, not text', 'save it as UTF-8 text (CSV)'],
    ['UTF-16 with a mark', Buffer.from('\ufeffid\tname\n', 'utf16le'), 'is text in UTF-16LE: its byte order mark says so', 'write encoding: utf-16le in its format'],
    ['UTF-16 without', Buffer.from('id;name\n', 'utf16le'), 'is text in UTF-16LE: every other byte is zero', 'write encoding: utf-16le in its format'],
    ['UTF-16BE without', Buffer.from('id;name\n', 'utf16le').swap16(), 'is text in UTF-16BE: every other byte is zero', 'write encoding: utf-16be in its format'],
    ['UTF-32', bytes('i\0\0\0d\0\0\0'), 'is text in UTF-32, which is not read here', 'save it as UTF-8'],
  ])('%s', (_, head, what, remedy) => {
    expect(foreignContent(head, 'utf-8')).toMatchObject({ what, remedy });
  }); // prettier-ignore

  it.each<[string, Buffer, string]>([
    ['text', Buffer.from('id,name\n1,Ärger\n'), 'utf-8'],
    ['a byte order mark of its own', Buffer.from('\ufeffid\n'), 'utf-8'],
    ['nothing', Buffer.alloc(0), 'utf-8'],
    ['UTF-16 that is said to be', Buffer.from('\ufeffid\n', 'utf16le'), 'utf-16be'],
    ['words that only look like it', Buffer.from('PAR1,ORC,BZh9,PK,%PDF\n'), 'utf-8'],
    ['a zero in a text', Buffer.from('id,n\0me and more\n'), 'utf-8'],
    ['letters that are a mark elsewhere', bytes('\xff\xfeid,name\n'), 'windows-1252'],
  ])('nothing is said of %s', (_, head, encoding) => {
    expect(foreignContent(head, encoding)).toBeUndefined();
  });

  it('the mark of UTF-8 where another encoding is declared', () => {
    expect(foreignContent(Buffer.from('\ufeffid\n'), 'latin1')).toEqual({
      what: 'begins with the byte order mark of UTF-8, but its encoding is said to be windows-1252',
      remedy: 'write encoding: utf-8 in its format',
    });
  });
});
