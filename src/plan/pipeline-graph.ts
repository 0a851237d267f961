import type { Graph, GraphEdge, GraphNode } from '../model/plan/graph.ts';
import { familyOf, isItem } from '../model/config/family.ts';
import { grouped } from '../model/base/numbers.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { Source } from '../model/config/source.ts';
import type { Basis, BasisPart, PipelinePlan } from '../model/plan/plan.ts';
import { describeSource } from './table/table-outline.ts';

/**
 * The graph of pipelines as they are written. Sources with equal settings are one node, destinations of one
 * place, too.
 */
export function graphOfPipelines(pipelines: readonly Pipeline[]): Graph {
  return draw(
    oneOfEach(pipelines).map(({ label, one: { address, sources, tables, template, destinations } }) => ({
      address,
      label,
      sources: Object.entries(sources).map(([name, source]) => ({
        name,
        type: source.type,
        identity: identityOf(source),
      })),
      tables: tables.map((table) => {
        const source = sources[table.source];
        const of = source === undefined ? '' : describeSource(table, source);
        return { name: table.name, source: table.source, of };
      }),
      template: template?.shown,
      destinations: destinations.map((destination) => ({
        type: destination.type,
        target: destination.shown,
        // The same path as written in two folders means two files.
        identity: destination.type === 'file' ? destination.path : destination.shown,
      })),
    })),
  );
}

/**
 * Returns the graph of a plan, without tables that will be removed and pipelines that could not be observed. Sources
 * of several pipelines are one node if they have the same name and the plan found them at the same place.
 */
export function graphOfPlan(pipelines: readonly PipelinePlan[]): Graph {
  const seen = pipelines.filter(({ tables, destinations }) => tables.length + destinations.length > 0);
  return draw(
    oneOfEach(seen).map(({ label, one: { address, basis, tables, template, destinations } }) => {
      const existing = tables.filter(({ action }) => action !== 'drop');
      const sources = new Map(existing.map(({ source: { name, type } }) => [name, type]));
      return {
        address,
        label,
        sources: [...sources].map(([name, type]) => ({
          name,
          type,
          identity: `${type} ${name} ${placeOf(name, basis) ?? address}`,
        })),
        tables: existing.map(({ name, source }) => ({ name, source: source.name, of: source.of })),
        template: template?.shown,
        destinations: destinations.map(({ type, target }) => ({
          type,
          target,
          identity: `${address} ${target}`,
        })),
      };
    }),
  );
}

/** Returns one pipeline of each family: items look alike, so the first represents all. */
function oneOfEach<T extends { address: string }>(all: readonly T[]): { one: T; label: string }[] {
  const families = new Map<string, T[]>();
  for (const one of all) {
    const family = isItem(one.address) ? familyOf(one.address) : one.address;
    families.set(family, [...(families.get(family) ?? []), one]);
  }
  return [...families.values()].flatMap(([one, ...others]) => {
    if (one === undefined) return [];
    const label = others.length === 0 ? one.address : `${one.address} and ${grouped(others.length)} more`;
    return { one, label };
  });
}

interface Outline {
  address: string;
  label: string;
  /** Sources with the same `identity` are one node. */
  sources: readonly { name: string; type: string; identity: string }[];
  tables: readonly { name: string; source: string; of: string }[];
  template: string | undefined;
  destinations: readonly { type: string; target: string; identity: string }[];
}

function draw(outlines: readonly Outline[]): Graph {
  const nodes = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  /** Ids are counted, because names may hold anything and identities may hold secrets. */
  const place = (key: string, node: Omit<GraphNode, 'id'>): string => {
    const known = nodes.get(key) ?? { ...node, id: `n${nodes.size + 1}` };
    nodes.set(key, known);
    return known.id;
  };
  for (const { address, label: whole, sources, tables, template, destinations } of outlines) {
    const ids = new Map(
      sources
        .filter(({ name }) => tables.some(({ source }) => source === name))
        .map(({ name, type, identity }) => [
          name,
          place(`source ${identity}`, { kind: 'source', label: name, detail: type }),
        ]),
    );
    const middle = place(`whole ${address}`, {
      kind: template === undefined ? 'extract' : 'template',
      label: whole,
      detail: template ?? 'extract without a template',
      pipeline: address,
    });
    for (const { name, source, of } of tables) {
      const node = { kind: 'table', label: name, detail: of, pipeline: address } as const;
      const table = place(`table ${address} ${name}`, node);
      const from = ids.get(source);
      if (from !== undefined) edges.push({ from, to: table });
      edges.push({ from: table, to: middle });
    }
    for (const { type, target, identity } of destinations) {
      const node = { kind: 'destination', label: target, detail: type } as const;
      edges.push({ from: middle, to: place(`destination ${type} ${identity}`, node) });
    }
  }
  return { nodes: [...nodes.values()], edges };
}

/** Everything about a source but where it is written. It may hold a password, so that it never leaves this file. */
function identityOf(source: Source): string {
  return JSON.stringify({ ...source, place: undefined });
}

const identifying: readonly BasisPart['kind'][] = ['server', 'bucket', 'folder', 'match'];

/**
 * Returns a text that is the same for sources at the same place, as far as a plan knows; undefined if it does not: it is
 * of an earlier version, or the source was not observed.
 */
function placeOf(name: string, { parts = [] }: Basis): string | undefined {
  const own = parts.filter(({ kind, of }) => of === name && identifying.includes(kind));
  if (own.length === 0 || own.some(({ sha256 }) => sha256 === hashOfNothing)) return undefined;
  return own.map(({ kind, sha256 }) => `${kind} ${sha256}`).join(' ');
}

/** The hash of a part without a value: SHA-256 of `[null]`. */
const hashOfNothing = '1d8fc6ceb1f94c6326d6d5483d258fcb2e179e9869325b245d105c2219bf69fd';
