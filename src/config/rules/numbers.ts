import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { bytesOf } from '../values/amounts.ts';
import { codes } from '../codes.ts';
import { optionsOf } from '../values/file-format.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { problem } from '../problem.ts';
import type { Rule } from './rule.ts';
import { foreign } from '../../model/errors/secrets.ts';

/** Checks numbers from references: the result must be a number. */
export const numbersFromReferences: Rule = function* ({ sources }) {
  for (const { settings, place } of sources.values()) {
    if (settings.type === 'postgres') {
      yield* wholeNumber(settings.port, child(place, 'port'), 1, 65_535);
      yield* wholeNumber(settings.limits?.connections, child(place, 'limits', 'connections'), 2);
    } else {
      yield* wholeNumber(settings.min_files, child(place, 'min_files'), 0);
      yield* wholeNumber(optionsOf(settings).skip_lines, child(place, 'format', 'skip_lines'), 0);
    }
    if (settings.type !== 'postgres')
      yield* amountOfBytes(optionsOf(settings).max_unpacked, child(place, 'format', 'max_unpacked'));
    if (settings.type === 's3') yield* amountOfBytes(settings.max_bytes, child(place, 'max_bytes'));
  }
};

function* amountOfBytes(value: unknown, place: Place): Iterable<Diagnostic> {
  if (typeof value !== 'string' || isPlaceholder(value) || bytesOf(value) !== undefined) return;
  const hint = { hint: 'for example 20GiB, 512MiB, 2GB, or a number of bytes' };
  yield problem(codes.notANumber, `"${foreign(value)}" is no amount of bytes`, place, hint);
}

export function* wholeNumber(
  value: unknown,
  place: Place,
  least: number,
  most = Infinity,
): Iterable<Diagnostic> {
  if (typeof value !== 'string' || isPlaceholder(value)) return;
  if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most) return;
  const range = most === Infinity ? `of at least ${least}` : `of ${least} to ${most}`;
  yield problem(
    codes.notANumber,
    `the reference gives "${foreign(value)}" where a whole number ${range} is needed`,
    place,
  );
}

/** Checks a text with a unit that may come from a reference. */
// eslint-disable-next-line max-params -- no two of them belong together
export function* amount(
  value: string | undefined,
  read: (text: string) => number | undefined,
  what: string,
  example: string,
  place: Place,
): Iterable<Diagnostic> {
  if (value === undefined || isPlaceholder(value) || read(value) !== undefined) return;
  yield problem(codes.notANumber, `"${foreign(value)}" is no ${what}`, place, {
    hint: `for example ${example}`,
  });
}
