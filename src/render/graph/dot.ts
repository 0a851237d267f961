import type { Graph, GraphNode, NodeKind } from '../../model/plan/graph.ts';
import { printable } from '../text-width.ts';
import { byPipeline } from './groups.ts';

/** Graphviz: `extracts graph --format dot | dot -Tsvg`. A pipeline is a cluster. */
export function renderDot({ nodes, edges }: Graph): string {
  const { pipelines, shared } = byPipeline(nodes);
  return [
    'digraph extracts {',
    '  rankdir=LR;',
    '  node [fontname="sans-serif"];',
    ...shared.map((node) => `  ${statement(node)}`),
    ...pipelines.flatMap(({ address, nodes: own }, index) => [
      `  subgraph cluster_${index + 1} {`,
      `    label=${quoted(address)};`,
      ...own.map((node) => `    ${statement(node)}`),
      '  }',
    ]),
    ...edges.map(({ from, to }) => `  ${from} -> ${to};`),
    '}',
    '',
  ].join('\n');
}

const shapes: Record<NodeKind, string> = {
  source: 'cylinder',
  table: 'box',
  template: 'component',
  extract: 'box3d',
  destination: 'ellipse',
};

function statement({ id, kind, label, detail }: GraphNode): string {
  return `${id} [shape=${shapes[kind]}, label=${quoted(label, detail)}];`;
}

/** Graphviz reads backslashes and HTML entities in labels; `\n` is a new line. */
function quoted(...lines: readonly string[]): string {
  const escaped = lines
    .filter((line) => line !== '')
    .map((line) => printable(line).replaceAll('&', '&amp;').replaceAll('\\', '\\\\').replaceAll('"', '\\"'));
  return `"${escaped.join('\\n')}"`;
}
