import { describe, expect, test } from 'vitest';
import {
  pauseBefore,
  retryAfter,
  verdictOn,
  type CallKind,
  type Trouble,
  type Verdict,
} from '../../../../src/destinations/tableau/client/http/retry.ts';

const lost = (reach: 'none' | 'part' | 'whole'): Trouble => ({ kind: 'lost', reach, isLasting: false });
const refused = (status: number, code?: string): Trouble => ({ kind: 'refused', status, code });

/**
 * Each row: a call, and what to do when it did not arrive, was cut in the middle, was lost at the end, or met
 * a 503.
 */
const table: [CallKind, Verdict, Verdict, Verdict, Verdict][] = [
  ['harmless', 'repeat', 'repeat', 'repeat', 'repeat'],
  ['sign-in', 'repeat', 'repeat', 'repeat', 'repeat'],
  ['begin-upload', 'repeat', 'repeat', 'repeat', 'repeat'],
  ['append-chunk', 'repeat', 'upload-again', 'upload-again', 'upload-again'],
  ['publish', 'repeat', 'look', 'look', 'look'],
  ['update-data', 'repeat', 'repeat', 'repeat', 'repeat'],
  ['create-project', 'repeat', 'look', 'look', 'look'],
];

describe.each(table)('%s', (call, unsent, cut, unanswered, unavailable) => {
  test('that did not arrive', () => expect(verdictOn(call, lost('none'))).toBe(unsent));
  test('that was cut in the middle', () => expect(verdictOn(call, lost('part'))).toBe(cut));
  test('that was not answered', () => expect(verdictOn(call, lost('whole'))).toBe(unanswered));
  test.each([500, 502, 503, 504, 408])('that met a %i', (status) => {
    expect(verdictOn(call, refused(status))).toBe(unavailable);
  });
  test('that was one too many', () => expect(verdictOn(call, refused(429, '429000'))).toBe('wait'));
  test.each(['401000', '401002'])('whose session has ended (%s)', (code) => {
    expect(verdictOn(call, refused(401, code))).toBe(call === 'sign-in' ? 'give-up' : 'sign-in');
  });
  test.each([
    [400, '400000'],
    [401, '401001'],
    [403, '403007'],
    [404, '404015'],
    [409, '409006'],
    [413, undefined],
  ])('that was refused with %i', (status, code) => {
    expect(verdictOn(call, refused(status, code))).toBe('give-up');
  });
  test('whose server shows no good certificate', () => {
    expect(verdictOn(call, { kind: 'lost', reach: 'none', isLasting: true })).toBe('give-up');
  });
});

test('pauses grow, and come to an end', () => {
  const pauses = (verdict: 'repeat' | 'wait') =>
    Array.from({ length: 50 }, (_, earlier) => pauseBefore(verdict, earlier)).filter(
      (one) => one !== undefined,
    );
  expect(pauses('repeat')).toEqual([500, 1000, 2000, 4000, 8000]);
  expect(pauses('wait').slice(0, 5)).toEqual([1000, 3000, 10_000, 30_000, 60_000]);
  expect(pauses('wait').length).toBeLessThan(50);
});

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('2026-03-01T08:00:00Z');
  expect(retryAfter('7', now)).toBe(7000);
  expect(retryAfter('Sun, 01 Mar 2026 08:00:30 GMT', now)).toBe(30_000);
  expect(retryAfter('Sun, 01 Mar 2026 07:00:00 GMT', now)).toBe(0);
  expect(retryAfter('soon', now)).toBeUndefined();
  expect(retryAfter(undefined, now)).toBeUndefined();
});
