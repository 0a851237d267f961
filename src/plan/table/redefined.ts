import { getOwn } from '../../model/base/get-own.ts';
import {
  definitionsOf,
  isComplete,
  type Fingerprint,
  type SourceDefinitions,
  type UnknownFingerprint,
} from '../../model/world/fingerprint.ts';

interface Side {
  definitions: SourceDefinitions;
  /** Oids of the relations whose rows are read. */
  relations: Readonly<Record<string, unknown>>;
}

/**
 * Names the definitions (functions, enums, generated columns) that affect values and have changed; undefined if none has.
 * What was not recorded cannot differ.
 */
export function redefined(before: Fingerprint, now: Fingerprint | UnknownFingerprint): string | undefined {
  const [last, current] = [sideOf(before), sideOf(now)];
  if (last === undefined || current === undefined) return undefined;
  const other = Object.keys({ ...last.definitions, ...current.definitions }).filter((name) =>
    differs(name, last, current),
  );
  if (other.length === 0) return undefined;
  const isNew = (name: string) => getOwn(last.definitions, name) === undefined && !name.includes(' #');
  const added = namesOf(other.filter(isNew));
  const changed = namesOf(other.filter((name) => !isNew(name)));
  return [...clause(changed, 'was redefined', 'were redefined'), ...clause(added, 'is new', 'are new')]
    .join(', ')
    .concat(' in the source');
}

/** Labels are parts of one enum, and partitions of one table. */
const namesOf = (keys: readonly string[]) => [...new Set(keys.map((name) => name.replace(/ #\d+$/, '')))];

const clause = (names: readonly string[], one: string, many: string) =>
  names.length === 0 ? [] : [`${names.join(', ')} ${names.length === 1 ? one : many}`];

function sideOf(fingerprint: Fingerprint | UnknownFingerprint): Side | undefined {
  const definitions = definitionsOf(fingerprint);
  const relations = fingerprint.kind === 'postgres' ? fingerprint.relations : {};
  return definitions && { definitions, relations };
}

function differs(name: string, last: Side, current: Side): boolean {
  const [before, now] = [getOwn(last.definitions, name), getOwn(current.definitions, name)];
  if (before === now || name === 'scope') return false;
  const [, oid] = /^(?:column|foreign table) .*#(\d+)$/.exec(name) ?? [];
  if (oid !== undefined) return differsInChild(name, oid, last, current);
  if (before === undefined) return countsAsNew(name, last, current);
  if (now === undefined) return countsAsGone(name, last, current);
  return true;
}

/** A partition records only where it differs from its parent. Children that come and go are found by their rows. */
function differsInChild(name: string, oid: string, last: Side, current: Side): boolean {
  const parent = name.replace(/ #\d+$/, '');
  const both = [last, current];
  if (!isComplete(last.definitions)) return false;
  if (both.every(({ definitions }) => getOwn(definitions, name) !== undefined)) return true;
  return both.every(
    ({ definitions, relations }) =>
      Object.hasOwn(relations, oid) && getOwn(definitions, parent) !== undefined,
  );
}

/**
 * A new function, operator or cast may be called instead of another one. Labels and columns that are new were used by no
 * row that was read, and no name was looked up in a new part of the search path. Anything else is new because the configuration asks for more.
 */
function countsAsNew(name: string, last: Side, current: Side): boolean {
  if (!isComplete(last.definitions)) return false;
  if (/^(?:function|operator|cast) /.test(name)) return true;
  return hasSameScope(last, current) && !/^(?:enum |column |generated column |view |search path$)/.test(name);
}

/**
 * Columns that are gone are named by the comparison of columns. Older versions also recorded functions of schemas that
 * are not on the search path.
 */
function countsAsGone(name: string, last: Side, current: Side): boolean {
  if (/^(?:column |search path$)/.test(name)) return false;
  if (/^(?:enum|generated column) /.test(name)) return true;
  return isComplete(last.definitions) && hasSameScope(last, current);
}

const hasSameScope = (last: Side, current: Side) => last.definitions.scope === current.definitions.scope;
