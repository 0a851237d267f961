import { sourceKinds } from '../../model/config/source-kinds.ts';
import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import type { Source } from '../../model/config/source.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import { addressOf, draftPipeline, type PipelineDraft } from './pipeline-draft.ts';
import { answered, mostItems, readFamily, type Answer, type Family } from '../for-each/index.ts';
import { interpolate, type Substitution } from '../references/interpolate.ts';
import type { LoadedFile } from '../read/loaded-file.ts';
import { itemMoves, notListed, stillListed } from './moves.ts';
import { problem } from '../problem.ts';
import { passwordsOfItems } from '../references/secret-names.ts';
import { resolveSource } from '../resolve/sources.ts';
import { checkShape } from '../schema/check-schema.ts';
import type { Shared } from './shared.ts';
import { joinSplitTypes } from '../read/split-types.ts';

/** The result of one file: a pipeline, or with for_each one for each item. */
export interface DraftedFile {
  file: LoadedFile;
  drafts: readonly PipelineDraft[];
  family?: Pick<Family, 'files'> & { known?: ReadFamily };
  /** The family, if its items are not known yet; a draft with open references represents all of them. */
  asked?: AskedFamily;
  /** The family, if its items came from a source. */
  answeredFamily?: Omit<BlockedItem, 'problems'>;
  blocked: readonly BlockedItem[];
}

/** A family whose items come from a source. */
export interface AskedFamily {
  name: string;
  /** The place of the pipeline. */
  place: Place;
  tags: readonly string[];
  source: Source;
  sql: string;
  /** The place of the query. */
  at: Place;
  /** The limit of items: more are an error, so that one item above it is enough to ask for. */
  max: number;
}

/** A family whose items are all known. */
export interface ReadFamily {
  name: string;
  place: Place;
  /** The addresses of its items; empty for an empty list. */
  addresses: readonly string[];
  onRemoved: 'forget' | 'delete';
  /** Addresses that `moved:` gives to items which are not listed. */
  unmoved: readonly string[];
}

/** An item, or a whole family, that is invalid because of an answer of its source. Its file is right. */
export interface BlockedItem {
  address: string;
  place: Place;
  tags: readonly string[];
  problems: readonly Diagnostic[];
}

/** Returns as much of a file as can be checked; nothing if it is not YAML or has hardly a part of a pipeline. */
// eslint-disable-next-line max-lines-per-function -- the ways to read a family share what was read so far
export function draftFile(
  loaded: LoadedFile,
  shared: Shared,
  substitution: Substitution,
  answers: ReadonlyMap<string, Answer>,
): DraftedFile | undefined {
  if (loaded.value === undefined) return undefined;
  const place: Place = { file: loaded.file, pointer: '' };
  const whole = joinSplitTypes(loaded.value, place, substitution.report);
  const { diagnostics, sound } = checkShape('pipeline', loaded.file, whole);
  diagnostics.forEach(substitution.report);
  if (sound === undefined) return undefined;
  const { for_each: forEach, ...pipeline } = sound as Written.Pipeline;
  const draft = (each: Substitution['each'], key: string | undefined, report = substitution.report) => {
    const own = each === undefined ? substitution : { ...substitution, each, report };
    return draftBoth(loaded, { whole, pipeline, key }, shared, own);
  };
  const wholeForEach = (whole as { for_each?: unknown }).for_each;
  if (wholeForEach === undefined) return { file: loaded, drafts: [draft(undefined, undefined)], blocked: [] };

  const { name, tags = [], sources } = pipeline;
  const at: Place = { file: loaded.file, pointer: '/for_each' };
  const written = interpolate(forEach ?? {}, at, substitution) as Written.ForEach;
  const unread: Family = { place: at, written, items: undefined, problems: [], files: [] };
  const read =
    forEach === undefined
      ? unread
      : readFamily(written, {
          whole: wholeForEach,
          loaded,
          sources,
          refusePath: substitution.refusePath,
        });
  const answer = read.query && answers.get(name);
  const family = answer === undefined ? read : answered(read, answer);
  const { items, query, problems } = family;
  if (answer !== undefined && problems.length > 0) {
    return { file: loaded, drafts: [], family, blocked: [{ address: name, place, tags, problems }] };
  }
  problems.forEach(substitution.report);
  const secrets = passwordsOfItems(pipeline);
  if (items === undefined) {
    const open = draft({ address: name, values: undefined, secrets }, '${each.key}');
    const source = query && open.sources.get(query.source);
    if (query !== undefined && source !== undefined && !sourceKinds[source.settings.type].takesSql) {
      const message = `"${query.source}" is ${sourceKinds[source.settings.type].label}, which answers no query`;
      const place = { ...at, pointer: '/for_each/query/source' };
      substitution.report(
        problem(codes.eachOrigin, message, place, { hint: 'list the items in a file, or ask PostgreSQL' }),
      );
    }
    return {
      file: loaded,
      drafts: [open],
      family,
      ...(query !== undefined &&
        source !== undefined && {
          asked: {
            name,
            place,
            tags,
            source: resolveSource(source),
            sql: query.sql,
            at: { ...at, pointer: '/for_each/query/sql' },
            max: mostItems(written),
          },
        }),
      blocked: [],
    };
  }
  if (items.length === 0 && written.on_removed === 'delete') {
    const message = 'the list has no item: nothing is deleted for an empty list';
    substitution.report({ code: codes.eachCount, severity: 'warning', message, place: at });
  }
  const listed = new Set(items.map(({ key }) => addressOf(name, key)));
  const moves = itemMoves(pipeline, place);
  const unmoved = moves.filter(({ to }) => !listed.has(to));
  unmoved.forEach((move) => substitution.report(notListed(move)));
  const drafts: PipelineDraft[] = [];
  const blocked: BlockedItem[] = [];
  const readers = new Map<string, string>();
  for (const item of items) {
    const address = addressOf(name, item.key);
    const own = moves.filter(({ from, to }) => to === address && listed.has(from)).map(stillListed);
    const reads = (variable: string, at: Place) => {
      const other = readers.get(variable) ?? address;
      readers.set(variable, other);
      if (other !== address) own.push(sharedVariable(variable, [other, address], at));
    };
    const each = { address, values: item.values, secrets, reads };
    drafts.push(draft(each, item.key, (found) => own.push(found)));
    // A wrong answer about one item is no reason to leave out the others.
    if (answer !== undefined && own.some(({ severity }) => severity === 'error')) {
      drafts.pop();
      blocked.push({ address, place, tags, problems: own });
    } else own.forEach(substitution.report);
  }
  const known: ReadFamily = {
    name,
    place,
    addresses: [...listed],
    onRemoved: written.on_removed ?? 'forget',
    unmoved: unmoved.map(({ from }) => from),
  };
  return {
    file: loaded,
    drafts,
    family: { ...family, known },
    ...(answer !== undefined && { answeredFamily: { address: name, place, tags } }),
    blocked,
  };
}

/** The draft, and beside it the same with references in the place of secrets. */
function draftBoth(
  loaded: LoadedFile,
  { whole, pipeline, key }: { whole: unknown; pipeline: unknown; key: string | undefined },
  shared: Shared,
  substitution: Substitution,
): PipelineDraft {
  const place: Place = { file: loaded.file, pointer: '' };
  const draftOf = (own: Substitution, offered: Shared) => {
    const written = interpolate(pipeline, place, own) as Written.Pipeline;
    return draftPipeline(loaded, { whole, written, key }, offered);
  };
  const draft = draftOf(substitution, shared);
  if (!loaded.text.includes('${') && shared.shown === undefined) return draft;
  const { each } = substitution;
  const silent = { ...substitution, shown: true, report: () => undefined };
  const shown = draftOf(
    each === undefined ? silent : { ...silent, each: { ...each, reads: () => undefined } },
    shared.shown ?? shared,
  );
  return { ...draft, shown };
}

function sharedVariable(variable: string, [one, other]: readonly [string, string], place: Place): Diagnostic {
  return problem(codes.eachVariable, `${one} and ${other} would both read the variable ${variable}`, place, {
    hint: 'each item has a variable of its own: characters outside of A-Z, a-z, 0-9 and _ become _ in its name',
  });
}
