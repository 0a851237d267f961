import { rankOf, type Graph, type GraphNode } from '../../model/plan/graph.ts';
import { clipAround } from '../text-width.ts';
import { byPipeline } from './groups.ts';

/**
 * Returns the graph for a terminal: a tree per pipeline in at most 100 columns, then the things that several pipelines
 * share.
 */
export function renderGraphText(graph: Graph): string {
  const { pipelines, shared } = byPipeline(graph.nodes);
  const links = linksOf(graph);
  const blocks = pipelines.map(({ nodes }) => pipelineTree(nodes, links));
  const common = shared.flatMap((node) => sharedLine(node, links));
  const lines = [
    ...blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block])),
    ...(common.length > 0 ? ['', 'Shared:', ...common] : []),
  ];
  return `${lines.map((line) => clipAround(line, 0, 0, widest).text).join('\n')}\n`;
}

const widest = 100;

interface Links {
  into: (node: GraphNode) => readonly GraphNode[];
  outOf: (node: GraphNode) => readonly GraphNode[];
}

function linksOf({ nodes, edges }: Graph): Links {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const follow = (key: 'from' | 'to', other: 'from' | 'to') => {
    const found = new Map<string, GraphNode[]>();
    for (const edge of edges) {
      const node = byId.get(edge[other]);
      if (node !== undefined) found.set(edge[key], [...(found.get(edge[key]) ?? []), node]);
    }
    return ({ id }: GraphNode) => found.get(id) ?? [];
  };
  return { into: follow('to', 'from'), outOf: follow('from', 'to') };
}

function pipelineTree(nodes: readonly GraphNode[], { into, outOf }: Links): string[] {
  const tables = nodes.filter(({ kind }) => kind === 'table');
  const sources = new Map<GraphNode | undefined, GraphNode[]>();
  for (const table of tables) {
    const [source] = into(table);
    sources.set(source, [...(sources.get(source) ?? []), table]);
  }
  return nodes
    .filter((node) => rankOf(node) === 2)
    .flatMap((whole) => [
      whole.label,
      ...[...sources].flatMap(([source, read]) => [
        ...(source === undefined ? [] : [`  ${named(source)}`]),
        ...read.map(({ label, detail }) => `    ${detail} -> table "${label}"`),
      ]),
      whole.kind === 'template' ? `  template ${whole.detail}` : `  ${whole.detail}`,
      ...outOf(whole).map((target) => `  -> ${target.detail} ${target.label}`),
    ]);
}

/** A source that several pipelines read, or a place that several write. */
function sharedLine(node: GraphNode, { into, outOf }: Links): string[] {
  const near = node.kind === 'source' ? outOf(node) : into(node);
  const users = [...new Set(near.map(({ pipeline }) => pipeline ?? ''))];
  const verb = node.kind === 'source' ? 'read by' : 'written by';
  return users.length < 2 ? [] : [`  ${named(node)}, ${verb} ${users.join(', ')}`];
}

const named = ({ kind, label, detail }: GraphNode) =>
  kind === 'source' ? `source ${label} (${detail})` : `${detail} ${label}`;
