import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { problem } from '../problem.ts';
import { equalTo, typeInCondition } from '../resolve/equal-to.ts';

/** Checks the settings of `method: update`, and their use elsewhere. */
export function* updateRule(
  draft: PipelineDraft,
  settings: Written.TableauDestination,
  place: Place,
): Iterable<Diagnostic> {
  const { method = 'publish', mode, action = 'replace', where, batch } = settings;
  const { certified, certification_note: note } = settings;
  const pointless = (key: string, why: string) => problem(codes.keyDoesNotApply, why, child(place, key));
  if (method === 'update' && mode !== undefined)
    yield pointless('mode', 'mode says how to publish: method: update takes action');
  for (const key of ['action', 'update_limit', 'where', 'batch'] as const) {
    if (method === 'publish' && settings[key] !== undefined)
      yield pointless(key, `${key} needs method: update`);
  }
  if (note !== undefined && certified !== true)
    yield pointless('certification_note', 'a note needs certified: true');
  if (method !== 'update') return;
  if (where !== undefined && action !== 'delete') yield pointless('where', 'where needs action: delete');
  if (batch !== undefined && action !== 'insert')
    yield pointless('batch', 'batch needs action: insert: other actions may be repeated');
  if (action === 'delete') yield* onlyKeys(draft);
  if (action === 'delete' && where !== undefined) yield* whereRule(draft, where, child(place, 'where'));
  else yield* keyRule(draft, action);
}

function* keyRule(draft: PipelineDraft, action: string): Iterable<Diagnostic> {
  if (action === 'insert' || action === 'replace') return;
  for (const [name, { primary_key: key = [] }] of Object.entries(draft.written.tables)) {
    if (key.length > 0) continue;
    const message = `action: ${action} finds rows by primary key, and the table "${name}" has none`;
    const hint = action === 'delete' ? 'add primary_key:, or where: {column: value}' : 'add primary_key:';
    yield problem(codes.updateKey, message, child(draft.place, 'tables', name), { hint });
  }
}

/** A server refuses rows to delete that have columns beside those of the condition. */
function* onlyKeys(draft: PipelineDraft): Iterable<Diagnostic> {
  for (const [name, { primary_key: key = [], columns = {} }] of Object.entries(draft.written.tables)) {
    if (key.length === 0) continue;
    for (const column of Object.keys(columns).filter((one) => !key.includes(one))) {
      const message = `action: delete finds rows by the primary key of "${name}" alone, and "${column}" is no part of it`;
      yield problem(codes.updateKey, message, child(draft.place, 'tables', name, 'columns', column), {
        hint: 'remove the column: the server refuses rows to delete that have more than their key',
      });
    }
  }
}

/**
 * A table without a key has the columns of the condition, with types in which equal values are the same on the server. In
 * a table of keys they have no place, so that the value shows the type.
 */
function* whereRule(
  draft: PipelineDraft,
  where: NonNullable<Written.TableauDestination['where']>,
  place: Place,
): Iterable<Diagnostic> {
  for (const [column, value] of Object.entries(where)) {
    for (const [name, table] of Object.entries(draft.written.tables)) {
      const type = typeInCondition(table, column, value);
      if (type === undefined) {
        yield problem(
          codes.unknownColumn,
          `the table "${name}" has no column "${column}"`,
          child(place, column),
        );
        continue;
      }
      const equal = equalTo(column, type, value);
      if ('problem' in equal) yield problem(codes.updateKey, equal.problem, child(place, column));
    }
  }
}
