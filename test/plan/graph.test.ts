import { expect, test } from 'vitest';
import { rankOf } from '../../src/model/plan/graph.ts';
import { graphOfPlan } from '../../src/plan/pipeline-graph.ts';
import { graph, pipelines } from '../support/graphs.ts';
import { fullPlan } from '../support/plans.ts';

const labels = (kind: string, of = graph) =>
  of.nodes.filter((node) => node.kind === kind).map((node) => node.label);

test('what pipelines share is one node, what only has the same name is not', () => {
  expect(labels('source')).toEqual(['shop', 'shop', 'a\\n]) --> x']);
  expect(labels('destination').filter((label) => label.includes('latest'))).toEqual(['share/latest.tdsx']);
  expect(labels('destination').filter((label) => label === 'dist/shop.tdsx')).toHaveLength(2);
  expect([...labels('template'), ...labels('extract')]).toEqual(pipelines.map(({ address }) => address));
});

test('nothing of a source but name and kind gets into the graph', () => {
  expect(JSON.stringify(graph)).not.toContain('secret');
});

test('a source that no table reads is not there', () => {
  expect(JSON.stringify(graph)).not.toContain('unused');
});

test.each([
  ['of pipelines', graph],
  ['of a plan', graphOfPlan(fullPlan.pipelines)],
])('edges %s lead from one rank to the next, between nodes that are there', (_, { nodes, edges }) => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  expect(byId.size).toBe(nodes.length);
  expect(edges.length).toBeGreaterThan(4);
  for (const { from, to } of edges) expect(rankOf(byId.get(to)!)).toBe(rankOf(byId.get(from)!) + 1);
  expect(new Set(edges.map((edge) => JSON.stringify(edge))).size).toBe(edges.length);
});

test('a plan is drawn without the tables that will be gone', () => {
  expect(labels('table', graphOfPlan(fullPlan.pipelines))).toEqual(['orders', 'people', 'sales']);
});
