import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../src/model/errors/diagnostic.ts';
import { renderAnnotations } from '../../src/render/annotations.ts';

const place = { file: 'pipelines/a.yaml', pointer: '/tables' };
const inCheckout = (file: string) => `extracts/${file}`;

test('a diagnostic with its place, one with a file alone, and one without a place', () => {
  const diagnostics: Diagnostic[] = [
    {
      code: 'EXT1002',
      severity: 'error',
      message: 'unknown key "colums"',
      hint: 'did you mean "columns"?',
      place,
    },
    { code: 'EXT1003', severity: 'warning', message: 'this too', place: { file: 'b.yaml', pointer: '' } },
    { code: 'EXT2013', severity: 'note', message: 'and this' },
  ];
  const locate = ({ file }: { file: string }) =>
    file === place.file ? { line: 4, column: 3, length: 7 } : undefined;
  expect(renderAnnotations(diagnostics, { locate, inCheckout })).toBe(
    [
      '::error file=extracts/pipelines/a.yaml,line=4,col=3,endColumn=10,title=EXT1002::unknown key "colums"%0Adid you mean "columns"?',
      '::warning file=extracts/b.yaml,title=EXT1003::this too',
      '::notice title=EXT2013::and this',
      '',
    ].join('\n'),
  );
});

test('a name cannot end its property or the command, and no message begins another line', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ':', ',', '%', '\r', '\n', '=') });
  fc.assert(
    fc.property(text, text, (message, file) => {
      const written = renderAnnotations(
        [{ code: 'EXT1002', severity: 'error', message, place: { file, pointer: '' } }],
        { locate: () => undefined, inCheckout: (name) => name },
      );
      const [line = '', ...rest] = written.split('\n');
      expect(rest).toEqual(['']);
      const [, properties = ''] = line.split('::');
      expect(properties).toMatch(/^error file=[^:,\r\n]*,title=EXT1002$/);
    }),
  );
});
