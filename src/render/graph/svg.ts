import type { Graph, GraphNode } from '../../model/plan/graph.ts';
import { element, type Markup } from '../html/element.ts';
import { clipAround } from '../text-width.ts';
import { layOutGraph, type PlacedEdge, type PlacedNode } from './place-nodes.ts';

/** The presentation of a node besides its kind. */
export interface Look {
  /** A class of the page's style. */
  tone: string;
  /** Says the same as the colour. */
  symbol: string;
  /** The anchor in the page with more about it. */
  href?: string;
}

/** The graph as inline SVG, coloured by the style of the page around it. */
export function renderSvg(graph: Graph, findNamed: (node: GraphNode) => Look): Markup {
  const { width, height, nodes, edges } = layOutGraph(graph);
  return element(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'group',
      'aria-label': 'Graph of sources, tables, extracts and destinations, from left to right',
    },
    element('g', { class: 'edges', 'aria-hidden': 'true' }, ...edges.map(drawEdge)),
    ...nodes.map((node) => drawNode(node, findNamed(node))),
  );
}

function drawEdge({ from, to }: PlacedEdge): Markup {
  const middle = (from.x + to.x) / 2;
  return element('path', { d: `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}` });
}

function drawNode(node: PlacedNode, { tone, symbol, href }: Look): Markup {
  const { x, y, width, height, kind, label, detail } = node;
  const shown = symbol === '' ? label : `${symbol} ${label}`;
  const drawn = [
    element('title', {}, `${words[kind]} ${label}, ${detail}`),
    element('rect', { x, y, width, height, rx: radii[kind] }),
    element(
      'text',
      { x: x + 10, y: y + 18 },
      kind === 'destination' && detail === 'file'
        ? tailOf(shown, labelRoom(width))
        : clipAround(shown, 0, 0, labelRoom(width)).text,
    ),
    element(
      'text',
      { x: x + 10, y: y + 34, class: 'detail' },
      tailOf(detail, Math.floor((width - 20) / plainColumn)),
    ),
  ];
  const group = element('g', { class: `node ${kind} ${tone}` }, ...drawn);
  return href === undefined ? group : element('a', { href }, group);
}

/** Pixels of an ordinary letter at 13 and 12 pixels, rather too many than too few: no font is wider. */
const boldColumn = 8.2;
const plainColumn = 7;

/** Returns how many columns of a label fit a box of this width. */
export const labelRoom = (width: number) => Math.floor((width - 20) / boldColumn);

/** Returns the end of a path, which says more than its beginning. */
const tailOf = (text: string, room: number) => clipAround(text, text.length, 0, room).text;

const words = {
  source: 'source',
  table: 'table',
  template: 'extract in a template,',
  extract: 'extract',
  destination: 'destination',
};

const radii = { source: 20, table: 3, template: 8, extract: 8, destination: 20 };
