import type { BlockedItem, Configuration } from '../../config/index.ts';
import { familyOf } from '../../model/config/family.ts';
import { counted } from '../../model/base/numbers.ts';
import { limitConcurrency } from '../../model/base/limit.ts';
import { isNameMatch } from '../../model/base/name-pattern.ts';
import { suggestion } from '../../model/base/nearest.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { RunContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import type { Ports } from '../open-ports.ts';
import { changedSince } from './changed-since.ts';
import { isModified } from './modified.ts';

/** The flags that select among the pipelines in the given paths. */
export interface SelectFlags {
  /**
   * Terms: an address or a pattern of it, `tag:WORD`, `dest:KIND`, `state:modified`. A pipeline is selected if one of
   * them matches.
   */
  select?: readonly string[];
  exclude?: readonly string[];
  /** The places of terms that a file lists, as `list.txt:3:1`. */
  origins?: ReadonlyMap<string, string>;
  /** A git revision: only pipelines whose files are others than there. */
  changedSince?: string;
}

export function isSelection({ select, exclude, changedSince: revision }: SelectFlags): boolean {
  return select !== undefined || exclude !== undefined || revision !== undefined;
}

/** Returns the configuration with the selected pipelines only. A term that matches none of them is a typing error. */
export async function selectPipelines(
  configuration: Configuration,
  flags: SelectFlags,
  world: Ports,
  context: RunContext,
): Promise<Configuration> {
  if (!isSelection(flags)) return configuration;
  const { select, exclude, changedSince: revision } = flags;
  const all = configuration.pipelines;
  const { blocked } = configuration;
  const { origins } = flags;
  const among = { pipelines: all, blocked, world, signal: context.signal, named: byName(all), origins };
  const taken = select === undefined ? new Set(all) : await meant(select, among, '--select');
  const left = exclude === undefined ? new Set() : await meant(exclude, among, '--exclude');
  const changed =
    revision === undefined ? undefined : await changedSince(revision, all, configuration.project, context);
  return {
    ...configuration,
    // A pipeline that is not selected is not removed.
    folders: [],
    families: [],
    blocked: blocked.filter(
      (item) =>
        (select?.some((term) => isMeant(item, term)) ?? true) &&
        !exclude?.some((term) => isMeant(item, term)),
    ),
    pipelines: all.filter((one) => taken.has(one) && !left.has(one) && (changed?.has(one) ?? true)),
  };
}

/** A family is named with all of its items. */
function isNamed(address: string, term: string): boolean {
  return isNameMatch(address, term) || isNameMatch(familyOf(address), term);
}

/** Returns true if a blocked item matches: it has a name and tags only. */
function isMeant({ address, tags }: BlockedItem, term: string): boolean {
  const tag = /^tag:(.*)$/s.exec(term)?.[1];
  return tag === undefined ? isNamed(address, term) : tags.some((one) => isNameMatch(one, tag));
}

interface Among {
  pipelines: readonly Pipeline[];
  blocked: readonly BlockedItem[];
  world: Ports;
  signal: AbortSignal;
  /** Pipelines by their addresses and by those of their families, in lower case: a file may name thousands. */
  named: ReadonlyMap<string, readonly Pipeline[]>;
  origins: ReadonlyMap<string, string> | undefined;
}

function byName(pipelines: readonly Pipeline[]): ReadonlyMap<string, readonly Pipeline[]> {
  const named = new Map<string, Pipeline[]>();
  for (const one of pipelines)
    for (const name of new Set([one.address, familyOf(one.address)].map((text) => text.toLowerCase()))) {
      const known = named.get(name);
      if (known === undefined) named.set(name, [one]);
      else known.push(one);
    }
  return named;
}

async function meant(terms: readonly string[], among: Among, flag: string): Promise<Set<Pipeline>> {
  const { blocked } = among;
  const unknown: string[] = [];
  const found = new Set<Pipeline>();
  for (const term of terms) {
    const own = await meaning(term, among);
    const isKnown = own.length > 0 || blocked.some((item) => isMeant(item, term));
    if (!isKnown && term !== 'state:modified') unknown.push(term);
    own.forEach((one) => found.add(one));
  }
  if (unknown.length > 0) throw nothing(flag, unknown, among);
  return found;
}

async function meaning(term: string, { pipelines, named, world, signal }: Among): Promise<Pipeline[]> {
  const [, kind, value = ''] = /^(tag|dest|state):(.*)$/s.exec(term) ?? [];
  switch (kind) {
    case 'tag':
      return pipelines.filter(({ tags }) => tags.some((tag) => isNameMatch(tag, value)));
    case 'dest':
      return pipelines.filter(({ destinations }) => destinations.some(({ type }) => type === value));
    case 'state': {
      if (value !== 'modified') return [];
      const turn = limitConcurrency(8);
      const modified = await Promise.all(pipelines.map((one) => turn(() => isModified(one, world, signal))));
      return pipelines.filter((_, index) => modified[index]);
    }
    default:
      if (!/[*?]/.test(term)) return [...(named.get(term.toLowerCase()) ?? [])];
      return pipelines.filter(({ address }) => isNamed(address, term));
  }
}

/** Describes the first of the terms that mean nothing, and counts the others. */
function nothing(
  flag: string,
  [term = '', ...others]: readonly string[],
  { pipelines, origins }: Among,
): UsageError {
  const [kind] = /^(tag|dest|state)(?=:)/.exec(term) ?? [];
  const words = {
    tag: pipelines.flatMap(({ tags }) => tags).map((tag) => `tag:${tag}`),
    dest: ['dest:file', 'dest:tableau'],
    state: ['state:modified'],
  };
  const known =
    kind === undefined ? pipelines.map(({ address }) => address) : words[kind as keyof typeof words];
  const { hint } = suggestion(term, [...new Set(known)]);
  const origin = origins?.get(term);
  const what = origin === undefined ? `${flag} ${term}` : `${origin}: ${term}`;
  const more = others.length === 0 ? '' : `, nor by ${counted(others.length, 'other term')}`;
  return new UsageError(`${what}: no pipeline is meant by that${more}`, hint);
}
