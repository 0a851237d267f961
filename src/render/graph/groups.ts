import type { GraphNode } from '../../model/plan/graph.ts';

export interface Groups {
  /** The pipelines in the order of their first nodes. */
  pipelines: readonly { address: string; nodes: readonly GraphNode[] }[];
  /** Nodes that belong to no single pipeline. */
  shared: readonly GraphNode[];
}

export function byPipeline(nodes: readonly GraphNode[]): Groups {
  const pipelines = new Map<string, GraphNode[]>();
  const shared: GraphNode[] = [];
  for (const node of nodes) {
    if (node.pipeline === undefined) shared.push(node);
    else pipelines.set(node.pipeline, [...(pipelines.get(node.pipeline) ?? []), node]);
  }
  return { pipelines: [...pipelines].map(([address, own]) => ({ address, nodes: own })), shared };
}
