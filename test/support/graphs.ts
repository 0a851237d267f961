import type { Graph } from '../../src/model/plan/graph.ts';
import type { Pipeline } from '../../src/model/config/pipeline.ts';
import { graphOfPipelines } from '../../src/plan/pipeline-graph.ts';
import { pipeline, table } from './pipelines.ts';

const place = { file: 'pipelines/shop.yaml', pointer: '' };
const database = (password: string) => ({ type: 'postgres' as const, place, host: 'db', password });
const file = (shown: string, path = `/project/${shown}`) => ({ type: 'file' as const, place, shown, path });

const packed = {
  kind: 'file' as const,
  place,
  shown: 'templates/shop.tdsx',
  path: '/project/templates/shop.tdsx',
  compression: 'fast' as const,
  staged: '/project/build/shop.tdsx',
};

/** Two pipelines of one database, one of another database of the same name, one with names that mean something. */
export const pipelines: readonly Pipeline[] = [
  pipeline([table('orders', { a: 'int' }), table('people', { a: 'int' })], {
    sources: { shop: database('secret one') },
    template: packed,
    destinations: [file('dist/shop.tdsx'), file('share/latest.tdsx')],
  }),
  pipeline([table('returns', { a: 'int' }, { source: 'db' })], {
    address: 'returns',
    sources: { db: { ...database('secret one'), place: { ...place, file: 'pipelines/returns.yaml' } } },
    destinations: [file('../share/latest.tdsx', '/project/share/latest.tdsx')],
  }),
  pipeline([table('orders', { a: 'int' })], {
    address: 'other',
    sources: { shop: database('secret two'), unused: database('secret three') },
    destinations: [file('dist/shop.tdsx', '/elsewhere/dist/shop.tdsx')],
  }),
  pipeline([table('1. "end" #35; <b>', { a: 'int' }, { source: 'a\\n]) --> x' })], {
    address: '売上 `|`\n@team',
    sources: { 'a\\n]) --> x': database('secret four') },
    destinations: [file(`dist/${'sehr_lange_namen_'.repeat(8)}ende.hyper`), file('- & -')],
  }),
];

export const graph: Graph = graphOfPipelines(pipelines);
