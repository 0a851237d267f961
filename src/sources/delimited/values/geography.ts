import { withoutBlanks, type Reading, type ValueRule } from './rule.ts';

/** Behind the kind of a shape: POINT Z (1 2 3). */
const dimensions = /[a-z] +(?:zm|z|m)\b/i;
const pair = /([+-]?[0-9.]+(?:e[+-]?[0-9]+)?) +[+-]?[0-9.]+/gi;

/**
 * geography: well-known text, which hyperd reads. It drops heights and measures and turns longitudes beyond 180 round the
 * globe, so neither is read.
 */
export const geographyRule: ValueRule = {
  isExact: () => false,
  read(text): Reading {
    const bare = withoutBlanks(text);
    if (dimensions.test(bare)) {
      return {
        problem: 'a height or a measure, which geography does not hold',
        hint: 'write longitude and latitude alone in the file, or declare the column as text',
      };
    }
    for (const [, longitude] of bare.matchAll(pair)) {
      if (Math.abs(Number(longitude)) <= 180) continue;
      return {
        problem: 'a longitude is between -180 and 180',
        hint: 'correct the file, or declare the column as text; longitude comes before latitude',
      };
    }
    return { text };
  },
};
