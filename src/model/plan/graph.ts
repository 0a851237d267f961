/**
 * The flow of data: sources → tables → output of a pipeline → destinations. Edges point only from one of these ranks to
 * the next, nodes are in the order of the files.
 */
export interface Graph {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
}

export interface GraphNode {
  /** Unique in the graph; it has no meaning for readers. */
  id: string;
  kind: NodeKind;
  label: string;
  /** The second line: what of the source, which template. */
  detail: string;
  /** The address of the only pipeline that it belongs to; sources and destinations may be shared. */
  pipeline?: string;
}

/** `template`: the extract in its template; `extract`: the bare one. A pipeline has one of the two. */
export type NodeKind = 'source' | 'table' | 'template' | 'extract' | 'destination';

/** Ids of nodes. */
export interface GraphEdge {
  from: string;
  to: string;
}

/** Returns the rank of a node, from left to right. */
export function rankOf({ kind }: GraphNode): 0 | 1 | 2 | 3 {
  switch (kind) {
    case 'source':
      return 0;
    case 'table':
      return 1;
    case 'template':
    case 'extract':
      return 2;
    case 'destination':
      return 3;
  }
}
