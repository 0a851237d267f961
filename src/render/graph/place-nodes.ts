import { rankOf, type Graph, type GraphNode } from '../../model/plan/graph.ts';

export interface Layout {
  width: number;
  height: number;
  nodes: readonly PlacedNode[];
  edges: readonly PlacedEdge[];
}

/** Pixels; `x` and `y` are the upper left corner. */
export interface PlacedNode extends GraphNode {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** An edge from the right side of a node to the left side of another. */
export interface PlacedEdge {
  from: { x: number; y: number };
  to: { x: number; y: number };
}

const columnWidths = [160, 220, 230, 280] as const;
const columnGap = 48;
const height = 42;
const gap = 10;
const pipelineGap = 16;
const margin = 4;

/**
 * Places the nodes in four columns. A pipeline is a band as high as its tables or destinations need, in which they and
 * its output are centred; a source is beside the middle of its tables, or lower if another one already has that
 * position.
 */
export function layOutGraph({ nodes, edges }: Graph): Layout {
  const middles = new Map<string, number>();
  let top = margin;
  for (const band of bandsOf({ nodes, edges })) {
    const rows = Math.max(...band.map(({ length }) => length));
    const middle = top + (rows * (height + gap) - gap) / 2;
    for (const column of band) {
      const first = middle - ((column.length - 1) * (height + gap)) / 2;
      column.forEach(({ id }, index) => middles.set(id, first + index * (height + gap)));
    }
    top += rows * (height + gap) + pipelineGap;
  }
  placeSources({ nodes, edges }, middles);
  const placed = nodes.map((node): PlacedNode => {
    const rank = rankOf(node);
    const x = columnWidths.slice(0, rank).reduce((sum, width) => sum + width + columnGap, margin);
    return { ...node, x, y: (middles.get(node.id) ?? 0) - height / 2, width: columnWidths[rank], height };
  });
  const byId = new Map(placed.map((node) => [node.id, node]));
  return {
    width: columnWidths.reduce((sum, width) => sum + width + columnGap, 2 * margin - columnGap),
    height: Math.max(0, ...placed.map(({ y }) => y + height)) + margin,
    nodes: placed,
    edges: edges.flatMap(({ from, to }) => {
      const [start, end] = [byId.get(from), byId.get(to)];
      if (start === undefined || end === undefined) return [];
      return [
        {
          from: { x: start.x + start.width, y: start.y + height / 2 },
          to: { x: end.x, y: end.y + height / 2 },
        },
      ];
    }),
  };
}

/** Returns for each pipeline its tables, its output, and the destinations that no earlier pipeline has. */
function bandsOf({ nodes, edges }: Graph): GraphNode[][][] {
  const taken = new Set<string>();
  return nodes
    .filter((node) => rankOf(node) === 2)
    .map((whole) => {
      const targets = new Set(edges.filter(({ from }) => from === whole.id).map(({ to }) => to));
      const own = nodes.filter(({ id }) => targets.has(id) && !taken.has(id));
      for (const { id } of own) taken.add(id);
      const tables = nodes.filter(({ kind, pipeline }) => kind === 'table' && pipeline === whole.pipeline);
      return [tables, [whole], own];
    });
}

function placeSources({ nodes, edges }: Graph, middles: Map<string, number>): void {
  const wanted = nodes
    .filter(({ kind }) => kind === 'source')
    .map(({ id }) => {
      const read = edges.filter(({ from }) => from === id).map(({ to }) => middles.get(to) ?? 0);
      return { id, middle: read.reduce((sum, one) => sum + one, 0) / Math.max(1, read.length) };
    })
    .sort((one, other) => one.middle - other.middle);
  let free = margin + height / 2;
  for (const { id, middle } of wanted) {
    const at = Math.max(free, Math.round(middle));
    middles.set(id, at);
    free = at + height + gap;
  }
}
