import {
  boxHeight,
  boxWidth,
  placeRelated,
  type PlacedLine,
  type PlacedTable,
} from '../graph/place-related.ts';
import { labelRoom } from '../graph/svg.ts';
import type { RelationshipView } from '../plan-view/index.ts';
import { clipAround } from '../text-width.ts';
import { element, together, type Markup } from './element.ts';

/** A drawing with more tables than this is unreadable. */
const mostTables = 40;

/** Returns how the tables of a pipeline refer to each other: a drawing, and a list with the columns. */
export function renderRelationships(relationships: readonly RelationshipView[]): Markup | undefined {
  if (relationships.length === 0) return undefined;
  const layout = placeRelated(relationships.map(({ from, to }) => ({ from: from.table, to: to.table })));
  const { width, height, tables, lines } = layout;
  const drawing = element(
    'div',
    { class: 'graph scroll', tabindex: 0, role: 'region', 'aria-label': 'Drawing of the relationships' },
    element(
      'svg',
      {
        viewBox: `0 0 ${width} ${height}`,
        width,
        height,
        role: 'img',
        'aria-label': 'The relationships listed below, as lines between tables',
      },
      element('g', { class: 'edges' }, ...lines.map(drawLine)),
      ...tables.map(drawTable),
    ),
  );
  return together(
    element('h4', {}, 'Relationships'),
    tables.length > mostTables ? undefined : drawing,
    element(
      'ul',
      {},
      ...relationships.map(({ from, to }) =>
        element('li', {}, element('code', {}, from.text), ' → ', element('code', {}, to.text)),
      ),
    ),
  );
}

/** The arrow leads to the table that is referred to. */
function drawLine({ kind, ends: [start, end] }: PlacedLine): Markup {
  if (kind === 'loop') {
    const { x, y } = start;
    return together(
      element('path', { d: `M${x - 40} ${y}C${x - 40} ${y - 22} ${x - 12} ${y - 22} ${x - 12} ${y}` }),
      element('path', { d: `M${x - 16} ${y - 7}L${x - 12} ${y}L${x - 8} ${y - 7}` }),
    );
  }
  const middle = (start.x + end.x) / 2;
  const back = end.x > start.x ? end.x - 7 : end.x + 7;
  return together(
    element('path', {
      d: `M${start.x} ${start.y}C${middle} ${start.y} ${middle} ${end.y} ${end.x} ${end.y}`,
    }),
    element('path', { d: `M${back} ${end.y - 4}L${end.x} ${end.y}L${back} ${end.y + 4}` }),
  );
}

function drawTable({ name, x, y }: PlacedTable): Markup {
  return element(
    'g',
    { class: 'node plain' },
    element('title', {}, name),
    element('rect', { x, y, width: boxWidth, height: boxHeight, rx: 3 }),
    element('text', { x: x + 10, y: y + 21 }, clipAround(name, 0, 0, labelRoom(boxWidth)).text),
  );
}
