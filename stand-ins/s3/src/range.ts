import { S3Error } from './errors.ts';

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * One range of `bytes=a-b`, `bytes=a-` or `bytes=-n`. Anything else, several ranges too, is ignored and the whole
 * object is sent, as S3 does; a range that begins behind the end is 416.
 */
export function readRange(text: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;

  const offset = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (offset >= end) {
    throw new S3Error('InvalidRange', {
      details: { RangeRequested: text ?? '', ActualObjectSize: size },
      headers: { 'content-range': `bytes */${size}` },
    });
  }
  return { offset, length: end - offset };
}
