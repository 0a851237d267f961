import { invisible, noValue, withoutBlanks, type Refused } from './value-rule.ts';

/** The characters that numbers of one file are written with. */
export interface NumberSigns {
  decimal: string;
  thousands: string | undefined;
}

/** A number as it is written, with nothing left out: (-)integer.fraction × 10^exponent. */
export interface WrittenNumber {
  isNegative: boolean;
  integer: string;
  fraction: string;
  exponent: number;
}

export type NumberReader = (text: string) => WrittenNumber | Refused;

/** The one grammar of numbers, for all types. */
export function numberReader(signs: NumberSigns): NumberReader {
  const thousands = signs.thousands === undefined ? undefined : escaped(signs.thousands);
  const integer = thousands === undefined ? '[0-9]*' : `[0-9]{1,3}(?:${thousands}[0-9]{3})+|[0-9]*`;
  const pattern = new RegExp(
    `^([+-]?)(${integer})(?:${escaped(signs.decimal)}([0-9]*))?(?:[eE]([+-]?[0-9]+))?$`,
  );
  return (text) => {
    const [, sign, written = '', fraction = '', exponent = '0'] = pattern.exec(withoutBlanks(text)) ?? [];
    const digits = signs.thousands === undefined ? written : written.replaceAll(signs.thousands, '');
    if (sign === undefined || digits + fraction === '') return notNumber(text, signs);
    return { isNegative: sign === '-', integer: digits, fraction, exponent: Number(exponent) };
  };
}

/** The number in the one spelling that hyperd reads for all types. */
export function plainNumber({ isNegative, integer, fraction, exponent }: WrittenNumber): string {
  const whole = `${isNegative ? '-' : ''}${integer === '' ? '0' : integer}`;
  return `${whole}${fraction === '' ? '' : `.${fraction}`}${exponent === 0 ? '' : `e${exponent}`}`;
}

/** digits × 10^-scale without zeros at either end; zero has no digits. */
export function significant({ integer, fraction, exponent }: WrittenNumber): {
  digits: string;
  scale: number;
} {
  const all = (integer + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return { digits, scale: digits === '' ? 0 : fraction.length - exponent - (all.length - digits.length) };
}

/** True if hyperd can be given the text as it is: it reads no signs but its own, and drops group separators. */
export function hasPlainSigns({ decimal, thousands }: NumberSigns): boolean {
  return decimal === '.' && thousands === undefined;
}

function notNumber(text: string, signs: NumberSigns): Refused {
  const bare = withoutBlanks(text);
  if (bare === '') return noValue(text === '' ? 'an empty text is not a number' : 'a blank is not a number');
  return signReason(bare, signs) ?? invisible(bare) ?? lettersReason(bare) ?? noValue('not a number');
}

/** Words alone may mean NULL; units, names of currencies and the like stand beside digits. */
function lettersReason(text: string): Refused | undefined {
  if (!/\p{L}/u.test(text) || !/[0-9]/.test(text) || text.startsWith('#')) return undefined;
  return {
    problem: 'letters are not read as part of a number',
    hint: 'write the number alone in the file, or declare the column as text',
  };
}

/** Reasons that name what was meant. */
function signReason(text: string, signs: NumberSigns): Refused | undefined {
  if (text.includes('%')) {
    return {
      problem: 'a percent sign is not read as part of a number',
      hint: 'write 0.05 for 5% in the file, or declare the column as text',
    };
  }
  if (/\p{Sc}/u.test(text)) {
    return {
      problem: 'a currency sign is not read as part of a number',
      hint: 'write the number alone in the file, or declare the column as text',
    };
  }
  if (/^\(.*\)$/.test(text) || /^[0-9].*-$/.test(text)) {
    return {
      problem: 'a negative number begins with a minus sign; parentheses and trailing signs are not read',
      hint: 'write -5 for (5) and 5- in the file, or declare the column as text',
    };
  }
  return separatorReason(text, signs);
}

interface Style {
  decimal: string;
  thousands?: string;
}

/** Other conventions, in the order in which they are suggested. */
const styles: readonly Style[] = [
  { decimal: '.', thousands: ',' },
  { decimal: ',' },
  { decimal: ',', thousands: '.' },
  { decimal: '.' },
  ...['.', ','].flatMap((decimal) =>
    [' ', '\u00a0', '\u202f', "'", '\u2019', '_'].map((thousands) => ({ decimal, thousands })),
  ),
];

function separatorReason(text: string, signs: NumberSigns): Refused | undefined {
  if (!/[0-9][.,' \u00a0\u202f\u2019_][0-9]/.test(text)) return undefined;
  const fitting = styles.filter(({ decimal, thousands }) => readsAs(text, { decimal, thousands }));
  const own =
    signs.thousands === undefined ? '' : ` and ${named(signs.thousands)} separates groups of three digits`;
  const problem = `the decimal sign is ${named(signs.decimal)}${own === '' ? ', and groups of digits are not separated' : own}`;
  const [first, second] = fitting.map((style) => formatYaml(style, signs));
  if (first === undefined) return invisible(text) ?? lettersReason(text) ?? noValue(problem);
  const hint = second === undefined ? `set ${first}` : `set ${first}, or ${second} if that is what it means`;
  return { problem, hint };
}

function readsAs(text: string, { decimal, thousands }: NumberSigns): boolean {
  // Without the two signs in the text, any style would read it.
  const groups = thousands === undefined ? '[0-9]+' : `[0-9]{1,3}(?:${escaped(thousands)}[0-9]{3})+`;
  const fraction = thousands === undefined ? `${escaped(decimal)}[0-9]+` : `(?:${escaped(decimal)}[0-9]+)?`;
  return new RegExp(`^[+-]?${groups}${fraction}$`).test(text);
}

/** Returns the keys that make a format of one style a format of another, also where it has them already. */
function formatYaml({ decimal, thousands }: Style, present: NumberSigns): string {
  const hasThousands = thousands !== undefined || present.thousands !== undefined;
  const keys = [
    ...(decimal === '.' && present.decimal === '.' ? [] : [`decimal: ${JSON.stringify(decimal)}`]),
    ...(hasThousands ? [`thousands: ${thousands === undefined ? 'null' : yamlText(thousands)}`] : []),
  ];
  return `format: {${keys.join(', ')}}`;
}

/** No-break spaces are written as escapes, so that they can be distinguished from others. */
function yamlText(text: string): string {
  return /[\u00a0\u202f]/.test(text)
    ? `"\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}"`
    : JSON.stringify(text);
}

function named(character: string): string {
  return yamlText(character);
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Refuses infinity and NaN, for types without them. */
export function notFinite(text: string): Refused | undefined {
  if (!/^[+-]?(nan|inf|infinity)$/i.test(withoutBlanks(text))) return undefined;
  return noValue('only real and double hold infinity and NaN', ['declare the column as double']);
}
