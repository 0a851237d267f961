import { getOwn } from '../../model/base/get-own.ts';

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
  const size = getOwn(units, unit.toLowerCase());
  return number === undefined || size === undefined ? undefined : Math.floor(Number(number) * size);
}

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `90m`, `12h`, `2d`, `1w`: how many seconds that is; undefined for other texts. */
export function durationOf(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([smhdw])$/.exec(text.trim()) ?? [];
  const length = getOwn(seconds, unit);
  return number === undefined || length === undefined ? undefined : Number(number) * length;
}

/** `20%`: 0.2; undefined for other texts. */
export function shareOf(text: string): number | undefined {
  const [, number] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? [];
  return number === undefined ? undefined : Number(number) / 100;
}
