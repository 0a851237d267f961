import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { getOwn } from '../../model/base/get-own.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { withAnswer, kindProblem, mostItems, readFamily, type Asks, type Family } from '../for-each/index.ts';
import { nameOfKey } from '../../model/config/key-of-name.ts';
import { interpolate } from '../references/interpolate.ts';
import type { Substitution } from '../references/substitution.ts';
import { passwordsOfItems } from '../references/secret-names.ts';
import type { LoadedFile } from '../read/loaded-file.ts';
import { problem } from '../problem.ts';
import { resolveSource } from '../resolve/sources.ts';
import { asOneFile } from '../values/file-names.ts';
import type {
  AskedFamily,
  BlockedItem,
  DraftedFile,
  KnownItems,
  MakeDraft,
  FamilyQuestion,
  ReadFamily,
} from './drafted-file.ts';
import { itemMoves, notListed, stillListed } from './moves.ts';
import { addressOf, type PipelineDraft } from './pipeline-draft.ts';
import { isWanted, wantedKeys } from './wanted-items.ts';

/** A file with for_each. */
export interface FamilyFile {
  loaded: LoadedFile;
  pipeline: Omit<Written.Pipeline, 'for_each'>;
  /** The part under for_each, and the same with what is misshapen. */
  forEach: Written.ForEach | undefined;
  wholeForEach: unknown;
  draft: MakeDraft;
}

/** Makes a draft for each item of a family; while its items are not known, one that represents all of them. */
export function draftFamily(
  file: FamilyFile,
  substitution: Substitution,
  { answers, wanted }: KnownItems,
): DraftedFile {
  const { loaded, pipeline } = file;
  const { name, tags = [] } = pipeline;
  const place: Place = { file: loaded.file, pointer: '' };
  const read = readWritten(file, substitution, wanted);
  const answer = read.asks && answers.get(name);
  const family = answer === undefined ? read : withAnswer(read, answer);
  const { items, problems } = family;
  if (answer !== undefined && problems.length > 0) {
    return { file: loaded, drafts: [], family, blocked: [{ address: name, place, tags, problems }] };
  }
  problems.forEach(substitution.report);
  if (items === undefined) {
    const open = drafted(file)({ address: name, values: undefined }, '${each.key}');
    const asked = family.asks && askedFamily({ ...file, open, asks: family.asks }, family, substitution);
    return {
      file: loaded,
      drafts: [open],
      family,
      ...(asked !== undefined && isWanted(name, wanted) && { asked }),
      blocked: [],
    };
  }
  return draftItems(file, { ...family, items }, substitution, answer !== undefined);
}

function readWritten(
  { loaded, pipeline, forEach, wholeForEach }: FamilyFile,
  substitution: Substitution,
  wanted: KnownItems['wanted'],
): Family {
  const place: Place = { file: loaded.file, pointer: '/for_each' };
  const written = interpolate(forEach ?? {}, place, substitution) as Written.ForEach;
  if (forEach === undefined) return { place, written, items: undefined, problems: [], files: [] };
  const { refusePath } = substitution;
  const { sources } = pipeline;
  const keys = wantedKeys(pipeline, wanted);
  return readFamily(written, { whole: wholeForEach, loaded, sources, refusePath, keys });
}

type EachOfItem = Omit<NonNullable<Substitution['each']>, 'secrets'>;

/** Returns the function that makes drafts, with what is secret in every item. */
function drafted({ pipeline, draft }: FamilyFile) {
  const secrets = passwordsOfItems(pipeline);
  return (each: EachOfItem, key: string, report?: Substitution['report']) =>
    draft({ ...each, secrets }, key, report);
}

/** Returns the family with what it must be asked; undefined if there is no source that could answer. */
function askedFamily(
  { loaded, pipeline, open, asks }: FamilyFile & { open: PipelineDraft; asks: Asks },
  { place: at, written, keys }: Family,
  { readable, report }: Substitution,
): AskedFamily | undefined {
  const { name, tags = [] } = pipeline;
  const asked = (question: FamilyQuestion, where: Place): AskedFamily => ({
    name,
    place: { file: loaded.file, pointer: '' },
    tags,
    question,
    at: where,
    max: mostItems(written),
    ...(keys && { keys }),
  });
  if (asks.kind === 'folders') {
    const { path, shown } = asks;
    return asked({ kind: 'folders', path, shown, readable }, child(at, 'folders', 'path'));
  }
  const sourceName = asks.kind === 'query' ? asks.query.source : asks.source;
  const source = open.sources.get(sourceName);
  if (source === undefined) return undefined;
  const wrong = kindProblem(asks.kind, sourceName, source.settings.type, child(at, asks.kind, 'source'));
  if (wrong !== undefined) report(wrong);
  const resolved = resolveSource(source);
  return asks.kind === 'query'
    ? asked({ kind: 'query', source: resolved, sql: asks.query.sql }, child(at, 'query', 'sql'))
    : asked(
        { kind: 'prefixes', source: resolved, under: asks.under, ...namesOf(keys) },
        child(at, 'prefixes'),
      );
}

/**
 * Returns the names of the folders with these keys. Where file names do not distinguish case all are listed, because
 * another one may have the same key there.
 */
function namesOf(keys: Family['keys']): { names?: readonly string[] } {
  if (keys === undefined || asOneFile('A') === 'a') return {};
  return { names: [...keys.values()].flatMap((key) => nameOfKey(key) ?? []) };
}

function draftItems(
  file: FamilyFile,
  family: Family & { items: NonNullable<Family['items']> },
  { report, env }: Substitution,
  isAnswered: boolean,
): DraftedFile {
  const { loaded, pipeline } = file;
  const { name, tags = [] } = pipeline;
  const place: Place = { file: loaded.file, pointer: '' };
  const { items, written, asks } = family;
  if (items.length === 0 && written.on_removed === 'delete' && family.keys === undefined) {
    const message = 'the list has no item: nothing is deleted for an empty list';
    report({ code: codes.eachCount, severity: 'warning', message, place: family.place });
  }
  const listed = new Set(items.map(({ key }) => addressOf(name, key)));
  const moves = itemMoves(pipeline, place);
  const unmoved = moves.filter(({ to }) => !listed.has(to));
  unmoved.forEach((move) => report(notListed(move)));
  const drafts: PipelineDraft[] = [];
  const blocked: BlockedItem[] = (family.blocked ?? []).map(({ key, problems }) => ({
    address: addressOf(name, key),
    ...{ place, tags, problems },
  }));
  const draft = drafted(file);
  const isOfFolders = asks !== undefined && asks.kind !== 'query';
  const readers = new Map<string, string>();
  for (const item of items) {
    const address = addressOf(name, item.key);
    const own = moves.filter(({ from, to }) => to === address && listed.has(from)).map(stillListed);
    const unset = new Set<string>();
    const reads = (variable: string, at: Place) => {
      if (getOwn(env, variable) === undefined) unset.add(at.pointer);
      const other = readers.get(variable) ?? address;
      readers.set(variable, other);
      if (other !== address) own.push(sharedVariable(variable, [other, address], at));
    };
    const each = { address, values: item.values, reads, ...(isOfFolders && { isLiteral: true as const }) };
    drafts.push(draft(each, item.key, (found) => own.push(found)));
    // A wrong answer about one item is no reason to leave out the others, nor is a variable that it alone reads.
    if (blocksAlone(own, isAnswered ? undefined : unset)) {
      drafts.pop();
      blocked.push({ address, place, tags, problems: own });
    } else own.forEach(report);
  }
  const known: ReadFamily = {
    name,
    place,
    addresses: [...listed],
    onRemoved: written.on_removed ?? 'forget',
    ...(isOfFolders && { isOfFolders }),
    unmoved: unmoved.map(({ from }) => from),
  };
  return {
    file: loaded,
    drafts,
    family: { ...family, known },
    ...(isAnswered && { answeredFamily: { address: name, place, tags } }),
    blocked,
  };
}

/**
 * Returns true if there is an error; with `unset`, only if all errors are about variables that are not set, in one of these
 * places.
 */
function blocksAlone(found: readonly Diagnostic[], unset: ReadonlySet<string> | undefined): boolean {
  const errors = found.filter(({ severity }) => severity === 'error');
  const isAllowed = ({ code, place }: Diagnostic) =>
    unset === undefined || (code === codes.unsetVariable && unset.has(place?.pointer ?? ''));
  return errors.length > 0 && errors.every(isAllowed);
}

function sharedVariable(variable: string, [one, other]: readonly [string, string], place: Place): Diagnostic {
  return problem(codes.eachVariable, `${one} and ${other} would both read the variable ${variable}`, place, {
    hint: 'each item has a variable of its own: characters outside of A-Z, a-z, 0-9 and _ become _ in its name',
  });
}
