import type { Graph, GraphNode } from '../../model/plan/graph.ts';
import { counted } from '../../model/base/numbers.ts';
import type { PipelinePlan } from '../../model/plan/plan.ts';
import { renderSvg, type Look } from '../graph/svg.ts';
import { markOfPipeline, markOfTable } from '../plan-view/index.ts';
import { element, type Markup } from './element.ts';
import { looks } from './marks.ts';

/** A drawing with more tables than this is unreadable. */
const mostTables = 60;

/** The drawing of all pipelines, or of those with something to do where all are too many. */
export function renderGraph(
  all: readonly PipelinePlan[],
  graphOf: (pipelines: readonly PipelinePlan[]) => Graph,
  ids: ReadonlyMap<string, string>,
): Markup | undefined {
  if (all.length === 0) return undefined;
  const acting = all.filter(({ action }) => action !== 'none');
  const graphs = [all, acting].filter((some) => some.length > 0).map((some) => graphOf(some));
  const drawn = graphs.find((graph) => tablesOf(graph) <= mostTables);
  return element(
    'section',
    { 'aria-labelledby': 'graph' },
    element('h2', { id: 'graph' }, 'Graph'),
    drawn === undefined
      ? element(
          'p',
          { class: 'muted' },
          `${counted(Math.max(...graphs.map(tablesOf)), 'table')} are more than fit a drawing: run extracts graph.`,
        )
      : element(
          'div',
          { class: 'graph scroll', tabindex: 0, role: 'region', 'aria-label': 'Graph' },
          renderSvg(drawn, lookAt(all, ids)),
        ),
  );
}

const tablesOf = ({ nodes }: Graph) => nodes.filter(({ kind }) => kind === 'table').length;

/** Pipelines and tables by what will become of them; a pipeline with something to do leads to its part of the page. */
function lookAt(all: readonly PipelinePlan[], ids: ReadonlyMap<string, string>): (node: GraphNode) => Look {
  const pipelines = new Map(all.map((pipeline) => [pipeline.address, pipeline]));
  return ({ kind, pipeline: address = '', label }) => {
    const pipeline = pipelines.get(address);
    if (pipeline === undefined) return { tone: 'plain', symbol: '' };
    const table = pipeline.tables.find(({ name }) => name === label);
    if (kind === 'table' && table !== undefined) return looks[markOfTable(table)];
    const id = ids.get(address);
    return { ...looks[markOfPipeline(pipeline)], ...(id !== undefined && { href: `#${id}` }) };
  };
}
