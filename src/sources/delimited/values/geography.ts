import { lossyGeography } from '../../../model/base/geography.ts';
import type { ValueRule } from './value-rule.ts';

/** geography: hyperd refuses what is no well-known text, and drops or wraps what it cannot hold. */
export const geographyRule: ValueRule = {
  isExact: () => false,
  read(text) {
    const lossy = patterns.find(({ pattern }) => pattern.test(text));
    return lossy === undefined ? { text } : { problem: lossy.problem, hint };
  },
};

const patterns = lossyGeography.map(({ pattern, problem }) => ({
  pattern: new RegExp(pattern, 'i'),
  problem,
}));

const hint = 'write longitude and latitude alone in the file, or declare the column as text';
