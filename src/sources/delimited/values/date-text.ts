import type { CsvFormat } from '../../../model/config/source.ts';
import { daysInMonth, type Day } from './calendar.ts';
import { noValue, type Refused } from './value-rule.ts';

export type DateOrder = CsvFormat['dateOrder'];

const month =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const iso = /^([0-9]{4}|[1-9][0-9]{4,5})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])/;
const yearLast = /^([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})(?![0-9])/;
const yearFirst = /^([0-9]{4})([/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])/;
const compact = /^([0-9]{4})([0-9]{2})([0-9]{2})(?![0-9])/;
const dayMonthYear = new RegExp(
  `^([0-9]{1,2})(?:\\.? +|[-/.]?)${month}(?:,? +|[-/.]?)([0-9]{4})(?![0-9])`,
  'i',
);
const monthDayYear = new RegExp(
  `^${month}\\.?(?: +|[-/.]?)([0-9]{1,2})(?:, *| +|[-/.])([0-9]{4})(?![0-9])`,
  'i',
);
const yearMonthDay = new RegExp(`^([0-9]{4})(?: +|[-/.]?)${month}(?: +|[-/.]?)([0-9]{1,2})(?![0-9])`, 'i');

/** A date and how many characters of the text it takes. */
export interface FoundDate extends Day {
  length: number;
  /** Written year first with dashes: hyperd reads BC only behind such a date. */
  isIso: boolean;
  /** Written year last with dashes. */
  isDashed: boolean;
  /** Written year last with points. */
  isDotted?: boolean;
}

/** The order in which the numbers of dates come. */
export interface DateReading {
  order: DateOrder;
  /** Where no one wrote the order, dates with points that mean two days are refused: month first is rarely written so. */
  isAssumed?: boolean;
}

/**
 * Returns the date that a text begins with. ISO dates and names of months mean the same in every order; the others are read
 * in the order of the format only.
 */
export function readDate(text: string, { order, isAssumed = false }: DateReading): FoundDate | Refused {
  const parts = isoParts(text) ?? numericParts(text, order) ?? namedParts(text, order);
  if (parts === undefined) return notDate(text, order);
  if (parts.year === 0) return noValue('there is no year 0');
  if (isAssumed && meansTwoDays(parts)) return twoDays(parts);
  if (
    parts.month < 1 ||
    parts.month > 12 ||
    parts.day < 1 ||
    parts.day > daysInMonth(parts.year, parts.month)
  ) {
    const hint = orderHint(text, order);
    return hint === undefined ? noValue(noSuchDay, dateWays) : { problem: noSuchDay, hint };
  }
  return parts;
}

function isoParts(text: string): FoundDate | undefined {
  const [all, year, month_, day] = iso.exec(text) ?? [];
  if (all === undefined) return undefined;
  return {
    year: Number(year),
    month: Number(month_),
    day: Number(day),
    length: all.length,
    isIso: true,
    isDashed: false,
  };
}

function numericParts(text: string, order: DateOrder): FoundDate | undefined {
  if (order === 'YMD') {
    const [all, year, , second, third] = yearFirst.exec(text) ?? [];
    if (all !== undefined) return date(year, second, third, all.length);
    const [packed, packedYear, packedMonth, packedDay] = compact.exec(text) ?? [];
    return packed === undefined ? undefined : date(packedYear, packedMonth, packedDay, packed.length);
  }
  const [all, first, sign, second, year] = yearLast.exec(text) ?? [];
  if (all === undefined) return undefined;
  const found =
    order === 'MDY' ? date(year, first, second, all.length) : date(year, second, first, all.length);
  return { ...found, isDashed: sign === '-', isDotted: sign === '.' };
}

function meansTwoDays({ isDotted, month, day }: FoundDate): boolean {
  return isDotted === true && month !== day && month >= 1 && month <= 12 && day >= 1 && day <= 12;
}

function twoDays({ year, month, day }: Day): Refused {
  const shown = (one: number, other: number) =>
    [String(year).padStart(4, '0'), ...[one, other].map((part) => String(part).padStart(2, '0'))].join('-');
  return {
    problem: 'day and month can be read in two ways',
    hint: `set format: {date_order: DMY} if it is ${shown(day, month)}, or {date_order: MDY} if it is ${shown(month, day)}`,
  };
}

/** hyperd reads names of months in the order of the format only; MDY reads them in all orders. */
function namedParts(text: string, order: DateOrder): FoundDate | undefined {
  if (order !== 'DMY') {
    const [last, lastYear, lastName, lastDay] = yearMonthDay.exec(text) ?? [];
    if (last !== undefined) return date(lastYear, monthNumber(lastName), lastDay, last.length);
  }
  if (order === 'YMD') return undefined;
  const [first, day, name, year] = dayMonthYear.exec(text) ?? [];
  if (first !== undefined) return date(year, monthNumber(name), day, first.length);
  if (order === 'DMY') return undefined;
  const [second, secondName, secondDay, secondYear] = monthDayYear.exec(text) ?? [];
  return second === undefined
    ? undefined
    : date(secondYear, monthNumber(secondName), secondDay, second.length);
}

function date(year: unknown, month_: unknown, day: unknown, length: number): FoundDate {
  return {
    year: Number(year),
    month: Number(month_),
    day: Number(day),
    length,
    isIso: false,
    isDashed: false,
  };
}

function monthNumber(name = ''): number {
  return months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

function notDate(text: string, order: DateOrder): Refused {
  const hint = orderHint(text, order);
  if (hint !== undefined) return { problem: `not a date in the order ${order}`, hint };
  if (/^[0-9]{1,2}([-/. ])(?:[0-9]{1,2}|[a-z]+)\1[0-9]{2}(?![0-9])/i.test(text)) {
    return {
      problem: 'a year of two digits is not read',
      hint: 'write the year with four digits in the file, or declare the column as text',
    };
  }
  const [word] = /^[+-]?[a-z]+/i.exec(text) ?? [];
  if (word !== undefined && clockWords.has(word.toLowerCase())) {
    return {
      problem: `the word ${word} stands for a moment that the file does not say`,
      hint: 'write the date in the file, or declare the column as text',
    };
  }
  if (/^[0-9]+([.,][0-9]*)?$/.test(text)) {
    const isSerial = /^[1-6][0-9]{4}([.,]|$)/.test(text);
    return {
      problem: 'a number is not a date',
      hint: isSerial
        ? 'if it is the number by which Excel counts days, give the column a date format there and save the file again; or declare the column as numeric(18,6)'
        : 'declare the column as bigint if it counts seconds since 1970, or as text',
    };
  }
  if (/^[0-9]{4}-([0-9]{1,2}|W[0-9]{2}(-[0-9])?)$/i.test(text)) {
    return {
      problem: 'a month or a week is not a date',
      hint: 'write its first day in the file, such as 2024-05-01, or declare the column as text',
    };
  }
  return noValue('not a date', dateWays);
}

const noSuchDay = 'there is no such day';

/** The words that PostgreSQL and hyperd turn into the time of reading, or into a fixed time. */
const clockWords = new Set(['now', 'today', 'tomorrow', 'yesterday', 'epoch', 'allballs']);

/** Another order that reads this text, as YAML. */
function orderHint(text: string, order: DateOrder): string | undefined {
  const others = (['DMY', 'YMD', 'MDY'] as const).filter((other) => other !== order);
  const reads = others.find((other) => {
    const found = numericParts(text, other) ?? namedParts(text, other);
    return (
      found !== undefined &&
      found.month >= 1 &&
      found.month <= 12 &&
      found.day <= daysInMonth(found.year, found.month)
    );
  });
  return reads === undefined ? undefined : `set format: {date_order: ${reads}}`;
}

const dateWays = ['write 2024-12-31 in the file', 'declare the column as text'];
