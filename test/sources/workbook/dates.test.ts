import { describe, expect, it } from 'vitest';
import { kindOfFormat } from '../../../src/sources/workbook/number-formats.ts';
import { readSerial } from '../../../src/sources/workbook/dates.ts';

const DAY = 86_400;
const at = (text: string, is1904 = false) => {
  const read = readSerial(text, is1904);
  return 'problem' in read ? read.problem : `${read.day ?? '-'} ${read.time}`;
};

describe('a number of days', () => {
  it.each([14, 15, 16, 17])('that was written with %i digits is the second that it means', (digits) => {
    for (let second = 0; second < DAY; second += 37) {
      const written = String(Number((45_292 + second / DAY).toPrecision(digits)));
      const clock = new Date(second * 1000).toISOString().slice(11, 19);
      expect(at(written), written).toBe(`2024-01-01 ${clock}`);
    }
  });

  it.each([
    ['45292.50000000012', '2024-01-01 12:00:00.00001'],
    ['45292.0417', '2024-01-01 01:00:02.88'],
    ['45292.123456789', '2024-01-01 02:57:46.66657'],
    ['0.0416666666666667', '- 01:00:00'],
    ['1e-7', '- 00:00:00.00864'],
    ['0.99999999999', '1900-01-01 00:00:00'],
    ['2958465.99999999', '9999-12-31 23:59:59.999'],
    ['2958466', 'the number is no date of Excel'],
  ])('%s is %s', (text, expected) => {
    expect(at(text)).toBe(expected);
  });
});

it.each([
  ['e', 'date'],
  ['[$-804]aaaa', 'date'],
  ['[$-404]e/m/d', 'date'],
  ['0.0##E-0', 'number'],
  ['0.00E+00', 'number'],
  ['#,##0.00 [$EUR]', 'number'],
  ['General', 'number'],
  // General in other languages, as programs write it that do not know that files have the English name.
  ['Standard', 'number'],
  ['Standaard', 'number'],
  ['Estándar', 'number'],
  ['Yleinen', 'number'],
  ['Normál', 'number'],
  ['Všeobecný', 'number'],
  ['[Red]Standard;[Blue]Standard', 'number'],
  ['0" days"', 'number'],
  ['0.00 "DM', 'number'],
  ['#,##0 [$DM-407]', 'number'],
  ['#,##0.00 [$"day"-409]', 'number'],
  ['0 [Magenta][<1]', 'number'],
  ['0.00 DM', 'number'],
  ['0.00 CHF', 'number'],
  ['0\\d', 'number'],
  ['0_d', 'number'],
  ['*d0', 'number'],
  ['[hh]:mm:ss', 'number'],
  ['[$-409]h:mm AM/PM', 'time'],
  ['h:mm:ss A/P', 'time'],
  ['hh:mmAM/PM', 'time'],
  ['mm:ss.0', 'time'],
  ['HH:MM:SS,00', 'time'],
  ['ss', 'time'],
  ['yyyymmdd', 'date'],
  ['mmm', 'date'],
  ['m', 'date'],
  ['TT.MM.JJJJ', 'date'],
  ['d" de "mmmm" de "yyyy', 'date'],
  ['yyyy"年"m"月"d"日"', 'date'],
  ['yyyy年mm月dd日', 'date'],
  ['[$-411]ggge"年"m"月"d"日";@', 'date'],
  ['yyyy\\-mm\\-dd"T"hh:mm:ss.000"Z"', 'date'],
  ['[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy', 'date'],
  ['[Red]dd/mm/bbbb;General', 'date'],
])('the format %s shows a %s', (code, kind) => {
  expect(kindOfFormat(170, code)).toBe(kind);
});

it('formats of Thailand show dates and times, and a duration is a number of days', () => {
  expect([71, 77, 81, 75, 80, 79, 68].map((id) => kindOfFormat(id, undefined))).toEqual([
    ...['date', 'date', 'date', 'time', 'time', 'number', 'number'],
  ]);
});
