import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { rankOf } from '../../src/model/plan/graph.ts';
import { noBasis } from '../../src/plan/basis/basis.ts';
import { graphOfPlan } from '../../src/plan/pipeline-graph.ts';
import { graph, pipelines } from '../support/graphs.ts';
import { fullPlan, pipelinePlan, tablePlan } from '../support/plans.ts';

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

describe('sources of a plan', () => {
  const hash = (value: unknown) =>
    createHash('sha256')
      .update(JSON.stringify([value]))
      .digest('hex');
  const planned = (address: string, place: unknown, name = 'shop') =>
    pipelinePlan(address, {
      action: 'create',
      tables: [tablePlan('orders', { source: { name, type: 'postgres', of: 'orders' } })],
      basis: {
        ...noBasis,
        parts: [{ kind: 'server', of: name, sha256: hash(place) }],
      },
      destinations: [{ type: 'file', target: address, action: 'create', reason: 'not there yet' }],
    });

  test.each([
    { what: 'of one server are one node', two: planned('b', 'server 1'), nodes: 1 },
    { what: 'of two servers are two', two: planned('b', 'server 2'), nodes: 2 },
    { what: 'with two names are two', two: planned('b', 'server 1', 'archive'), nodes: 2 },
  ])('$what', ({ two, nodes }) => {
    expect(labels('source', graphOfPlan([planned('a', 'server 1'), two]))).toHaveLength(nodes);
  });

  test('that were not observed, or are of a plan without parts, are drawn separately', () => {
    const unseen = [planned('a', undefined), planned('b', undefined)];
    const earlier = unseen.map((one) => ({ ...one, basis: noBasis }));
    expect(labels('source', graphOfPlan(unseen))).toHaveLength(2);
    expect(labels('source', graphOfPlan(earlier))).toHaveLength(2);
  });
});
