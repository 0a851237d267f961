import { describe, expect, test } from 'vitest';
import type { Diagnostic, Span } from '../../src/model/errors/diagnostic.ts';
import { renderDiagnostics } from '../../src/render/diagnostics.ts';
import { clipAround, columnsOf } from '../../src/render/text-width.ts';

function diagnostic(message: string, span: Span, more: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: 'EXT1002',
    severity: 'error',
    message,
    place: { file: 'p.yaml', pointer: '', span },
    ...more,
  };
}

function draw(line: string, span: Omit<Span, 'line'>): string[] {
  const found = [diagnostic('wrong', { line: 1, ...span })];
  const text = renderDiagnostics(found, { locate: ({ span: at }) => at, lineOf: () => line, color: false });
  return text.split('\n').slice(1, 3);
}

describe('renderDiagnostics', () => {
  test('sorts by file and line, and counts', () => {
    const lines = ['name: x', 'primarykey: [row_id]'];
    const found: Diagnostic[] = [
      diagnostic(
        'unknown key "primarykey"',
        { line: 2, column: 1, length: 10 },
        { hint: 'did you mean "primary_key"?' },
      ),
      diagnostic('odd', { line: 1, column: 7, length: 1 }, { severity: 'warning', code: 'EXT1042' }),
      { code: 'EXT1012', severity: 'error', message: 'nowhere does not exist' },
    ];
    const view = {
      locate: (place: { span?: Span }) => place.span,
      lineOf: (_: string, line: number) => lines[line - 1],
      color: false,
    };
    expect(renderDiagnostics(found, view)).toBe(`error  nowhere does not exist  [EXT1012]

p.yaml:1:7  warning  odd  [EXT1042]
  1 | name: x
    |       ~

p.yaml:2:1  error  unknown key "primarykey"  [EXT1002]
  2 | primarykey: [row_id]
    | ~~~~~~~~~~
    = did you mean "primary_key"?

2 errors, 1 warning
`);
  });

  test('nothing for nothing', () => {
    expect(renderDiagnostics([], { locate: () => undefined, lineOf: () => undefined, color: false })).toBe(
      '',
    );
  });

  test('colours on request only', () => {
    const found = [diagnostic('wrong', { line: 1, column: 1, length: 1 })];
    const view = { locate: () => undefined, lineOf: () => undefined };
    expect(renderDiagnostics(found, { ...view, color: true })).toContain('\u001b[31merror\u001b[39m');
    expect(renderDiagnostics(found, { ...view, color: false })).not.toContain('\u001b');
  });

  test('tabs and wide characters keep the mark under its text', () => {
    expect(draw('\ta:\tb', { column: 5, length: 1 })).toEqual(['  1 |     a:    b', '    |           ~']);
    expect(draw('商品: 注文', { column: 5, length: 2 })).toEqual(['  1 | 商品: 注文', '    |       ~~~~']);
    expect(draw('e\u0301: x', { column: 5, length: 1 })).toEqual(['  1 | e\u0301: x', '    |    ~']);
  });

  test('a file cannot steer the terminal', () => {
    expect(draw('a: \u001b[2Jx', { column: 8, length: 1 }).join('\n')).not.toContain('\u001b');
  });
});

describe('clipAround', () => {
  const line = `${'a'.repeat(300)}HERE${'b'.repeat(300)}`;

  test.each([
    ['in the middle', 300, 4, 'HERE'],
    ['at the start', 0, 4, 'aaaa'],
    ['at the end', 600, 4, 'bbbb'],
  ])('keeps a piece %s', (_, start, length, piece) => {
    const { text, from, width } = clipAround(line, start, length, 100);
    expect(columnsOf(text)).toBeLessThanOrEqual(100);
    expect(text.slice(from, from + width)).toBe(piece);
  });

  test('cuts a piece that is too long itself', () => {
    const { text, from, width } = clipAround(line, 10, 500, 100);
    expect(columnsOf(text)).toBeLessThanOrEqual(100);
    expect(text.slice(from, from + width)).toMatch(/^a+…$/);
  });
});
