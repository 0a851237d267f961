import type { BlockedItem, Configuration } from '../../config/index.ts';
import { familyOf } from '../../model/config/family.ts';
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
  const among = { pipelines: all, blocked, world, signal: context.signal };
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
}

async function meant(terms: readonly string[], among: Among, flag: string): Promise<Set<Pipeline>> {
  const { pipelines, blocked } = among;
  const found = new Set<Pipeline>();
  for (const term of terms) {
    const own = await meaning(term, among);
    const isKnown = own.length > 0 || blocked.some((item) => isMeant(item, term));
    if (!isKnown && term !== 'state:modified') throw nothing(flag, term, pipelines);
    own.forEach((one) => found.add(one));
  }
  return found;
}

async function meaning(term: string, { pipelines, world, signal }: Among): Promise<Pipeline[]> {
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
      return pipelines.filter(({ address }) => isNamed(address, term));
  }
}

function nothing(flag: string, term: string, pipelines: readonly Pipeline[]): UsageError {
  const [kind] = /^(tag|dest|state)(?=:)/.exec(term) ?? [];
  const words = {
    tag: pipelines.flatMap(({ tags }) => tags).map((tag) => `tag:${tag}`),
    dest: ['dest:file', 'dest:tableau'],
    state: ['state:modified'],
  };
  const known =
    kind === undefined ? pipelines.map(({ address }) => address) : words[kind as keyof typeof words];
  const { hint } = suggestion(term, [...new Set(known)]);
  return new UsageError(`${flag} ${term}: no pipeline is meant by that`, hint);
}
