import { own } from '../model/own.ts';

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** `4GiB`, `2 GB`, `512`: how many bytes that is; undefined for other texts. */
export function bytesOf(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const size = own(units, unit.toLowerCase());
  return number === undefined || size === undefined ? undefined : Math.floor(Number(number) * size);
}
