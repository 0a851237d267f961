import fc from 'fast-check';
import { types, type RandomFile } from './damaged-files.ts';

/** Files in PostgreSQL's COPY text format, in every way that it can write a character. */
export const copyTextFiles: fc.Arbitrary<RandomFile> = fc
  .tuple(
    fc.constantFrom('\t', '|', ','),
    fc.constantFrom('\n', '\r\n'),
    fc.array(fc.constantFrom(...Object.keys(types)), { minLength: 1, maxLength: 5 }),
  )
  .chain(([delimiter, lineBreak, chosen]) => {
    const cells = chosen.map((type) => fc.option(types[type]?.values ?? fc.constant('x'), { freq: 5 }));
    return fc
      .record({
        rows: fc.array(fc.tuple(...cells), { minLength: 1, maxLength: 12 }),
        styles: fc.array(fc.nat(9), { minLength: 20, maxLength: 20 }),
        at: fc.nat(),
        what: fc.nat(),
        isDamaged: fc.boolean(),
      })
      .map(({ rows, styles, at: where, what, isDamaged }) => {
        let styled = 0;
        const style = () => styles[styled++ % styles.length] ?? 0;
        const records = rows.map((row) => row.map((value) => field(value, delimiter, style)).join(delimiter));
        const clean = records.map((record) => record + lineBreak).join('');
        const at = where % records.length;
        const kinds = Object.keys(damages);
        const kind = kinds[what % kinds.length] ?? '';
        if (isDamaged) records[at] = damages[kind]?.(records[at] ?? '', delimiter) ?? '';
        return {
          format: {
            type: 'text',
            ...{ delimiter, quote: undefined, escape: undefined, header: false, nulls: ['\\N'] },
            encoding: 'utf-8',
            dateOrder: 'MDY',
            compression: 'by-name',
          },
          columns: Object.fromEntries(chosen.map((type, index) => [`c${index}`, type])),
          clean,
          bytes: records.map((record) => record + lineBreak).join(''),
          rows,
          damage: isDamaged ? { kind, lines: [at + 1, at + 1] } : undefined,
        };
      });
  });

const damages: Readonly<Record<string, (record: string, delimiter: string) => string>> = {
  'a field too many': (record, delimiter) => `${record}${delimiter}x`,
  'a byte that is no UTF-8': (record) => `\\377${record}`,
  'the character 0': (record) => `\\000${record}`,
};

const letters: Readonly<Record<string, string>> = { '\t': 't', '\n': 'n', '\r': 'r' };

function field(value: string | null, delimiter: string, style: () => number): string {
  if (value === null) return '\\N';
  return Array.from(value, (character) => {
    const code = character.charCodeAt(0);
    const isAscii = character.length === 1 && code < 0x80;
    const mustEscape = character === '\\' || character === delimiter || character in letters;
    const way = style();
    if (isAscii && way === 0) return `\\x${code.toString(16).padStart(2, '0')}`;
    if (isAscii && way === 1) return `\\${code.toString(8).padStart(3, '0')}`;
    return mustEscape ? `\\${letters[character] ?? character}` : character;
  }).join('');
}
