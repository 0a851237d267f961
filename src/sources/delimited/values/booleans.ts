import { noValue, withoutBlanks, type Reading, type ValueRule } from './rule.ts';

const spellings = new Set(['true', 't', 'yes', 'y', 'on', '1', 'false', 'f', 'no', 'n', 'off', '0']);

const ZERO = 0x30;
const ONE = 0x31;

/** boolean: the spellings that hyperd reads, in any case. */
export const booleanRule: ValueRule = {
  isExact: (bytes, start, end) => end - start === 1 && (bytes[start] === ZERO || bytes[start] === ONE),
  read: (text): Reading =>
    spellings.has(withoutBlanks(text).toLowerCase())
      ? { text }
      : noValue('not a boolean', ['write true or false in the file', 'declare the column as text']),
};
