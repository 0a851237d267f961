import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormula, renameFields } from '../../src/templates/formula.ts';

const names = (formula: string) =>
  parseFormula(formula).references.map(({ qualifier, field }) =>
    qualifier === undefined ? field : `${qualifier}|${field}`,
  );

describe('field references in a formula', () => {
  it.each([
    ['SUM([Sales])/SUM([Profit Ratio (orders)])', ['Sales', 'Profit Ratio (orders)']],
    ['{FIXED [Region], [Year] : SUM([Sales])}', ['Region', 'Year', 'Sales']],
    ['[Parameters].[Rate %] * [federated.1a].[x]', ['Parameters|Rate %', 'federated.1a|x']],
    ['[a]]b] + [[c]', ['a]b', '[c']],
    [`IF [x] = "[no]" THEN '[no] "' ELSE "it's [no]" END`, ['x']],
    [`'that''s [no]' + "a ""[no]"" b" + [y]`, ['y']],
    [`SPLIT([Path], '\\', 1) + [z]`, ['Path', 'z']],
    ['// [no] "\r\n[a] /* [no] \' */ + [b]', ['a', 'b']],
    ['[a] // the end [no]', ['a']],
    ['#2024-01-01# < [d] AND 6 / 2 > 1', ['d']],
    ['', []],
  ])('%s', (formula, expected) => {
    expect(names(formula)).toEqual(expected);
    expect(parseFormula(formula).problem).toBeUndefined();
  });

  it.each([
    ["'open", 'a string in single quotes is not closed'],
    ['"open', 'a string in double quotes is not closed'],
    ['/* open', 'a comment is not closed'],
    ['[open', 'a field name is not closed'],
    ['[a]] + 1', 'a field name is not closed'],
  ])('%s: %s', (formula, problem) => expect(parseFormula(formula).problem).toBe(problem));

  it('finds every name between any other tokens, and renames only those', () => {
    const name = fc.string({
      unit: fc.constantFrom(...Array.from('a]["\'/* b')),
      minLength: 1,
      maxLength: 8,
    });
    const quoted = (text: string) => `[${text.replaceAll(']', ']]')}]`;
    const noise = fc.constantFrom(
      ' + ',
      " '[n]''' ",
      ' "/*[n]" ',
      ' /* [n] " */ ',
      ' // [n]\n',
      ' {FIXED ',
      ', ',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, name)), noise, (parts, last) => {
        const formula = parts.map(([between, field]) => between + quoted(field)).join('') + last;
        expect(names(formula)).toEqual(parts.map(([, field]) => field));
        const renamed = renameFields(formula, ({ field }) =>
          field.startsWith('a') ? [`${field}]!`] : undefined,
        );
        const expected = parts.map(
          ([between, field]) => between + quoted(field.startsWith('a') ? `${field}]!` : field),
        );
        expect(renamed).toBe(expected.join('') + last);
      }),
    );
  });
});
