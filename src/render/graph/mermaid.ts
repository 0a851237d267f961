import type { Graph, GraphNode } from '../../model/plan/graph.ts';
import { printable } from '../text-width.ts';
import { byPipeline } from './groups.ts';

/** A flowchart of Mermaid, which GitHub draws in Markdown. A pipeline is a subgraph. */
export function renderMermaid({ nodes, edges }: Graph): string {
  const { pipelines, shared } = byPipeline(nodes);
  return [
    'flowchart LR',
    ...shared.map((node) => `  ${shape(node)}`),
    ...pipelines.flatMap(({ address, nodes: own }, index) => [
      `  subgraph p${index + 1} [${text(address)}]`,
      ...own.map((node) => `    ${shape(node)}`),
      '  end',
    ]),
    ...edges.map(({ from, to }) => `  ${from} --> ${to}`),
    '',
  ].join('\n');
}

function shape(node: GraphNode): string {
  const label = text(node.label, node.detail);
  switch (node.kind) {
    case 'source':
      return `${node.id}[(${label})]`;
    case 'table':
      return `${node.id}[${label}]`;
    case 'template':
    case 'extract':
      return `${node.id}[[${label}]]`;
    case 'destination':
      return `${node.id}([${label}])`;
  }
}

/**
 * Returns a quoted text with its lines separated by `<br/>`. Mermaid reads `#` and a name or number as an entity;
 * characters with a meaning in Mermaid, Markdown or HTML are written like this. It reads `1.` and `-` at the beginning
 * as lists.
 */
function text(...lines: readonly string[]): string {
  const entity = (one: string) => `#${one.charCodeAt(0)};`;
  const escaped = lines
    .filter((line) => line !== '')
    .map((line) =>
      printable(line)
        .replace(/[#"&<>`\\;]/g, entity)
        .replace(/^[-+*]|(?<=^\d+)[.)]/, entity),
    );
  return `"${escaped.join('<br/>')}"`;
}
