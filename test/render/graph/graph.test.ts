import { expect, test } from 'vitest';
import { renderDot } from '../../../src/render/graph/dot.ts';
import { renderMermaid } from '../../../src/render/graph/mermaid.ts';
import { renderGraphText } from '../../../src/render/graph/text.ts';
import { columnsOf } from '../../../src/render/text-width.ts';
import { expectGolden } from '../../support/golden.ts';
import { graph } from '../../support/graphs.ts';

test.each([
  ['text', renderGraphText],
  ['mermaid', renderMermaid],
  ['dot', renderDot],
])('the whole graph as %s', (name, render) => {
  expectGolden(`graph/graph.${name}.txt`, render(graph));
});

test('text fits 100 columns', () => {
  for (const line of renderGraphText(graph).split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(100);
});

test('every line of Mermaid is a statement, and no name gets out of its quotes', () => {
  const label = '"[^"\\n]*"';
  const statements = [
    /^flowchart LR$/,
    /^ {2,4}n\d+(\[\(.*\)\]|\[\[.*\]\]|\(\[.*\]\)|\[.*\])$/,
    new RegExp(`^ {2}subgraph p\\d+ \\[${label}\\]$`),
    /^ {2}end$/,
    /^ {2}n\d+ --> n\d+$/,
  ];
  for (const line of renderMermaid(graph).trimEnd().split('\n')) {
    expect(
      statements.some((one) => one.test(line)),
      line,
    ).toBe(true);
    expect([0, 2]).toContain(line.split('"').length - 1);
    expect(line.replace(/<br\/>/g, '')).not.toMatch(/[<>&\\`](?!$)(?<!-->)(?<!--)/);
  }
});

/** The part of DOT's grammar that is written: graphs, attributes, nodes and edges with quoted strings. */
function parseDot(text: string): number {
  const token = /\s*("(?:[^"\\]|\\.)*"|->|[\w.]+|[{}[\]=,;])/y;
  const tokens: string[] = [];
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found?.[1] === undefined) throw new Error(`no token at ${text.slice(at, at + 40)}`);
    tokens.push(found[1]);
  }
  let at = 0;
  let statements = 0;
  const take = (wanted: RegExp | string) => {
    const found = tokens[at++] ?? 'the end';
    const fits = typeof wanted === 'string' ? found === wanted : wanted.test(found);
    if (!fits) throw new Error(`${found} where ${String(wanted)} should be`);
    return found;
  };
  const value = () => take(/^(".*"|[\w.]+)$/s);
  const id = () => take(/^\w+$/);
  const attributes = () => {
    take('[');
    do {
      id();
      take('=');
      value();
    } while (tokens[at] === ',' && at++ > 0);
    take(']');
  };
  const block = () => {
    take('{');
    while (tokens[at] !== '}') {
      statements++;
      if (tokens[at] === 'subgraph') {
        at++;
        id();
        block();
        continue;
      }
      id();
      if (tokens[at] === '=') {
        at++;
        value();
      } else if (tokens[at] === '->') {
        at++;
        id();
      } else attributes();
      take(';');
    }
    take('}');
  };
  take('digraph');
  id();
  block();
  expect(at).toBe(tokens.length);
  return statements;
}

test('DOT is well formed', () => {
  expect(parseDot(renderDot(graph))).toBe(graph.nodes.length + graph.edges.length + 2 + 2 * 4);
  expect(() => parseDot('digraph a { n1 [label="a"b"]; }')).toThrow();
});
