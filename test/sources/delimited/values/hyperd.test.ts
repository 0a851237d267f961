import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CsvFormat } from '../../../../src/model/config/source.ts';
import { isRefused } from '../../../../src/sources/delimited/values/index.ts';
import { column, csvFormat, given, startValueReader, type ValueReader } from './support.ts';

let hyperd: ValueReader;
beforeAll(async () => {
  hyperd = await startValueReader();
});
afterAll(() => hyperd.stop());

const RUNS = 3000;

interface Written {
  text: string;
  /** As hyperd prints the value. */
  value: string;
}

const digits = (least: number, most: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: least, maxLength: most }).map((all) => all.join(''));
const sign = fc.constantFrom('', '', '-', '+');
const blank = fc.constantFrom('', '', '', ' ', '\t', '  ');
const two = (number: number) => String(number).padStart(2, '0');

/** Every text is refused by the rule, or hyperd reads the value that was written. Resolves to how many were read. */
async function check(
  type: string,
  written: readonly Written[],
  settings: { column?: object; format?: Partial<CsvFormat> } = {},
): Promise<number> {
  const format = csvFormat(settings.format);
  const taken = written.flatMap(({ text, value }) => {
    const reading = given(text, column(type, settings.column), format);
    return isRefused(reading) ? [] : [{ given: reading.text ?? 'NULL', text, value }];
  });
  const read = await hyperd.read(
    type,
    taken.map((one) => one.given),
    format.dateOrder,
  );
  const wrong = taken.flatMap(({ text, value, given: put }, index) => {
    const found = read[index];
    return found === value ? [] : [{ text, put, value, found }];
  });
  expect(wrong.slice(0, 10)).toEqual([]);
  return taken.length;
}

const sample = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.sample(arbitrary, { numRuns: RUNS, seed: 12 });

/** An exact decimal: as text in some spelling, and rounded or not to a scale. */
const decimal = fc
  .record({
    sign,
    whole: digits(0, 12),
    lead: fc.constantFrom('', '', '', '0000000', '00000000000000000000'),
    decimals: digits(0, 8),
    zeros: fc.constantFrom(0, 0, 3, 30),
    exponent: fc.constantFrom(0, 0, 0, 2, -3, 5, 12, -12, 18, 19, -20),
    blank,
  })
  .map(({ lead, decimals, ...rest }) => ({ ...rest, fraction: decimals === '' ? '' : lead + decimals }))
  .filter(({ whole, fraction }) => whole + fraction !== '')
  .map(({ sign: minus, whole, fraction, zeros, exponent, blank: around }) => ({
    text: `${around}${minus}${whole}${fraction === '' && zeros === 0 ? '' : `.${fraction}${'0'.repeat(zeros)}`}${exponent === 0 ? '' : `e${exponent}`}${around}`,
    isNegative: minus === '-',
    digits: BigInt(whole + fraction),
    scale: fraction.length - exponent,
  }));

function fixed(
  { isNegative, digits: all, scale: written }: { isNegative: boolean; digits: bigint; scale: number },
  scale: number,
): string {
  let value = all;
  if (written < scale) value *= 10n ** BigInt(scale - written);
  if (written > scale) {
    const unit = 10n ** BigInt(written - scale);
    value = value / unit + (2n * (value % unit) >= unit ? 1n : 0n);
  }
  const text = value.toString().padStart(scale + 1, '0');
  const shown = scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
  return isNegative && value !== 0n ? `-${shown}` : shown;
}

describe('numbers', () => {
  test.each(['numeric(18,2)', 'numeric(38,10)', 'numeric(5,0)', 'numeric(18,9)'])(
    '%s is exact or refused',
    async (type) => {
      const scale = Number(/,(\d+)/.exec(type)?.[1]);
      const written = sample(decimal).map((one) => ({ text: one.text, value: fixed(one, scale) }));
      expect(await check(type, written)).toBeGreaterThan(RUNS / 100);
    },
  );

  test.each(['numeric(18,2)', 'numeric(38,10)', 'numeric(5,0)'])(
    '%s with round: half_up is rounded',
    async (type) => {
      const scale = Number(/,(\d+)/.exec(type)?.[1]);
      const written = sample(decimal).map((one) => ({ text: one.text, value: fixed(one, scale) }));
      await check(type, written, { column: { round: 'half_up' } });
    },
  );

  test.each(['smallint', 'int', 'bigint', 'oid'])('%s is exact or refused', async (type) => {
    const written = sample(decimal).map((one) => ({ text: one.text, value: fixed(one, 0) }));
    expect(await check(type, written)).toBeGreaterThan(RUNS / 150);
  });

  test('double is the nearest one or refused', async () => {
    const long = fc.record({
      sign,
      whole: digits(1, 30),
      fraction: digits(0, 30),
      exponent: fc.integer({ min: -340, max: 310 }),
    });
    const texts = [
      ...sample(decimal).map(({ text }) => text),
      ...sample(long).map((one) => `${one.sign}${one.whole}.${one.fraction}e${one.exponent}`),
      ...sample(long).map((one) => `${one.sign}${one.whole}.${one.fraction}`),
      ...sample(fc.double({ noNaN: true, noDefaultInfinity: true })).map(String),
      'inf',
      '-Infinity',
      'NaN',
      ' nan ',
    ];
    const written = texts.map((text) => ({ text, value: text }));
    const format = csvFormat();
    const taken = written.filter(({ text }) => !isRefused(given(text, column('double'), format)));
    const read = await hyperd.read(
      'double',
      taken.map(({ text }) => text),
    );
    const nearest = (text: string) =>
      /inf|nan/i.test(text)
        ? Number(
            text
              .trim()
              .replace(/inf(inity)?/i, 'Infinity')
              .replace(/nan/i, 'NaN'),
          )
        : Number(text);
    const wrong = taken.filter(({ text }, index) => !Object.is(Number(read[index]), nearest(text)));
    expect(wrong).toEqual([]);
    expect(taken.length).toBeGreaterThan(3 * RUNS);
  });
});

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const names = monthNames.map((name) => [
  name,
  name.slice(0, 3),
  name.toUpperCase(),
  name.slice(0, 3).toLowerCase(),
]);

interface Day {
  year: number;
  month: number;
  day: number;
}

const day: fc.Arbitrary<Day> = fc.record({
  year: fc.oneof(
    fc.integer({ min: 1900, max: 2100 }),
    fc.integer({ min: 1, max: 9999 }),
    fc.integer({ min: 10_000, max: 270_000 }),
  ),
  month: fc.integer({ min: 1, max: 12 }),
  day: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 })),
});
const four = (year: number) => String(year).padStart(4, '0');

/** Spellings of a date that mean it in the order, whether or not the rule takes them. */
function spelledDates({ year, month, day: d }: Day, order: string): string[] {
  const y = four(year);
  const numeric = (sep: string) =>
    order === 'MDY'
      ? `${month}${sep}${d}${sep}${y}`
      : order === 'DMY'
        ? `${d}${sep}${month}${sep}${y}`
        : `${y}${sep}${month}${sep}${d}`;
  const padded = (sep: string) =>
    order === 'MDY'
      ? `${two(month)}${sep}${two(d)}${sep}${y}`
      : order === 'DMY'
        ? `${two(d)}${sep}${two(month)}${sep}${y}`
        : `${y}${sep}${two(month)}${sep}${two(d)}`;
  const named = (names[month - 1] ?? []).flatMap((name) => [
    `${d} ${name} ${y}`,
    `${d}-${name}-${y}`,
    `${two(d)}${name}${y}`,
    `${d}. ${name} ${y}`,
    `${d}/${name}/${y}`,
    `${d} ${name}, ${y}`,
    `${name} ${d}, ${y}`,
    `${name} ${d} ${y}`,
    `${name}-${two(d)}-${y}`,
    `${name}. ${d}, ${y}`,
    `${name} ${d},${y}`,
    `${name}${d},${y}`,
    `${name}/${d}/${y}`,
    `${y}-${name}-${d}`,
    `${y} ${name} ${two(d)}`,
    `${y}${name}${two(d)}`,
    `${y}/${name}/${d}`,
  ]);
  return [
    `${y}-${two(month)}-${two(d)}`,
    `${y}-${two(month)}-${two(d)}`,
    `${y}-${month}-${d}`,
    ...['/', '.', '-', ' '].flatMap((sep) => [numeric(sep), padded(sep)]),
    ...(order === 'YMD' ? [`${y}${two(month)}${two(d)}`] : []),
    ...named,
  ];
}

const printedDay = ({ year, month, day: d }: Day) => `${four(year)}-${two(month)}-${two(d)}`;

const spelledDay = (order: string) =>
  fc.tuple(day, fc.nat(1000)).map(([one, pick]) => {
    const all = spelledDates(one, order);
    return { day: one, text: all[pick % all.length] ?? '' };
  });

const clock = fc
  .record({
    hour: fc.integer({ min: 0, max: 23 }),
    minute: fc.integer({ min: 0, max: 59 }),
    second: fc.integer({ min: 0, max: 59 }),
    fraction: fc.oneof(fc.constant(''), digits(1, 6)),
    zeros: fc.constantFrom(0, 0, 1, 4),
    style: fc.nat(6),
  })
  .map(({ hour, minute, second, fraction, zeros, style }) => {
    const half = `${hour % 12 === 0 ? 12 : hour % 12}`;
    const pm = hour < 12 ? 'AM' : 'PM';
    const tail = fraction === '' ? '' : `.${fraction}${'0'.repeat(zeros)}`;
    const texts = [
      `${two(hour)}:${two(minute)}:${two(second)}${tail}`,
      `${hour}:${minute}:${second}${tail}`,
      `${two(hour)}:${two(minute)}`,
      `${half}:${two(minute)}:${two(second)}${tail} ${pm}`,
      `${half}:${two(minute)} ${pm.toLowerCase()}`,
      `${two(Number(half))}:${two(minute)}${pm}`,
      `${half}:${two(minute)} ${pm.charAt(0).toLowerCase()}.m.`,
    ];
    const hasSeconds = style === 0 || style === 1 || style === 3;
    const shown = fraction.replace(/0+$/, '');
    return {
      text: texts[style] ?? '',
      hour,
      minute,
      second: hasSeconds ? second : 0,
      micro: hasSeconds ? fraction.padEnd(6, '0') : '000000',
      printed: `${two(hour)}:${two(minute)}:${hasSeconds ? two(second) : '00'}${hasSeconds && shown !== '' ? `.${shown}` : ''}`,
    };
  });

describe.each(['MDY', 'DMY', 'YMD'] as const)('dates in the order %s', (dateOrder) => {
  test('date', async () => {
    const written = sample(fc.tuple(spelledDay(dateOrder), blank)).map(([one, around]) => ({
      text: `${around}${one.text}${around}`,
      value: printedDay(one.day),
    }));
    expect(await check('date', written, { format: { dateOrder } })).toBeGreaterThan(RUNS / 5);
  });

  test('timestamp', async () => {
    const written = sample(
      fc.tuple(spelledDay(dateOrder), clock, fc.constantFrom(' ', 'T', '  ', ', ', 't', ','), blank),
    ).map(([one, time, gap, around]) => ({
      text: `${around}${one.text}${gap}${time.text}${around}`,
      value: `${printedDay(one.day)} ${time.printed}`,
    }));
    expect(await check('timestamp', written, { format: { dateOrder } })).toBeGreaterThan(RUNS / 5);
  });

  test('timestamptz', async () => {
    const zone = fc.tuple(
      fc.constantFrom('+', '-'),
      fc.integer({ min: 0, max: 14 }),
      fc.constantFrom(0, 30, 45),
      fc.nat(8),
    );
    const written = sample(fc.tuple(spelledDay(dateOrder), clock, zone)).map(
      ([one, time, [east, hours, minutes, style]]) => {
        const offsets: [string, number][] = [
          ['Z', 0],
          [' UTC', 0],
          ['', 0],
          [` gmt`, 0],
          [`${east}${two(hours)}`, hours * 60],
          [`${east}${two(hours)}:${two(minutes)}`, hours * 60 + minutes],
          [`${east}${two(hours)}${two(minutes)}`, hours * 60 + minutes],
          [` ${east}${two(hours)}:${two(minutes)}`, hours * 60 + minutes],
          [` ${east}${hours}`, hours * 60],
        ];
        const [text, minutesEast] = offsets[style] ?? ['', 0];
        const offset = east === '-' ? -minutesEast : minutesEast;
        const wall = new Date(0);
        wall.setUTCFullYear(one.day.year, one.day.month - 1, one.day.day);
        wall.setUTCHours(time.hour, time.minute - offset, time.second);
        const year = wall.getUTCFullYear();
        const instant = {
          year: year > 0 ? year : 1 - year,
          month: wall.getUTCMonth() + 1,
          day: wall.getUTCDate(),
        };
        const clockText = `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}:${two(wall.getUTCSeconds())}`;
        const fraction = time.micro.replace(/0+$/, '');
        return {
          text: `${one.text} ${time.text}${text}`,
          value: `${printedDay(instant)} ${clockText}${fraction === '' ? '' : `.${fraction}`}+00${year > 0 ? '' : ' BC'}`,
        };
      },
    );
    const near = written.filter(({ value }) => !/^\d{6}/.test(value));
    expect(await check('timestamptz', near, { format: { dateOrder } })).toBeGreaterThan(RUNS / 5);
  });
});

test('time', async () => {
  const written = sample(fc.tuple(clock, blank)).map(([time, around]) => ({
    text: `${around}${time.text}${around}`,
    value: time.printed,
  }));
  expect(await check('time', written)).toBeGreaterThan(RUNS / 3);
});
