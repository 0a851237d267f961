import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { problem } from '../problem.ts';
import { projectOf } from '../resolve/destinations.ts';
import { packageKind } from '../resolve/extract.ts';
import { isFull, type Writer } from './data-source-writer.ts';
import { publishingCycles } from './publishing-order.ts';
import type { CommonRule } from './rule.ts';

/**
 * Reports two writers of one data source or workbook: they would overwrite each other in any order. This is allowed if each says
 * that it is shared, and at most one of them publishes all rows.
 */
export const oneWriterPerDataSource: CommonRule = function* (drafts) {
  const writers = new Map<string, Writer[]>();
  for (const draft of drafts) {
    for (const { settings, place } of draft.destinations) {
      if (settings.type !== 'tableau') continue;
      const { server, site = '', project, name = draft.written.name } = settings;
      const noun = nounOf(draft);
      const key = JSON.stringify([noun, server, site, projectOf(project), name.toLowerCase()]);
      if (isPlaceholder(key)) continue;
      if (noun === 'data source' && leavesNoTrace(settings)) {
        yield traceless(settings, name, place);
        continue;
      }
      const earlier = writers.get(key) ?? [];
      writers.set(key, [...earlier, { draft, settings, place }]);
      yield* conflict({ draft, settings, place }, earlier);
    }
  }
  yield* publishingCycles(writers.values());
};

/** A workbook and a data source may have one name. */
const nounOf = (draft: PipelineDraft) => (packageKind(draft) === '.twbx' ? 'workbook' : 'data source');

function* conflict(writer: Writer, earlier: readonly Writer[]): Iterable<Diagnostic> {
  const { draft, settings, place } = writer;
  const [first] = earlier;
  if (first === undefined) return;
  const name = settings.name ?? draft.written.name;
  const also = ({ draft: { address, place: other } }: Writer) =>
    `the ${nounOf(draft)} "${name}" is also a destination of "${address}" (${other.file})`;
  const alone = [writer, ...earlier].find((one) => !isShared(one));
  if (alone !== undefined) {
    const hint =
      draft.key === undefined
        ? nounOf(draft) === 'workbook'
          ? 'give one of them another name'
          : 'where one publishes it and others change rows (method: update), say shared: true at each of them'
        : 'give each item its own, as in name: "… ${each.key}"';
    yield problem(codes.sameDestination, also(alone === writer ? first : alone), place, { hint });
    return;
  }
  if (earlier.some((one) => one.draft === draft && isFull(one.settings) !== isFull(settings))) {
    const message = `"${draft.address}" both publishes the data source "${name}" and changes its rows`;
    yield problem(codes.sameDestination, message, place, {
      hint: 'change the rows in another pipeline: it is applied after the one that publishes',
    });
    return;
  }
  const full = earlier.find(({ settings: one }) => isFull(one));
  if (!isFull(settings) || full === undefined) return;
  yield problem(codes.sameDestination, `${also(full)}, and both put all of its rows there`, place, {
    hint: 'of those that share a data source one may publish; others take method: update with action insert, update, upsert or delete',
  });
}

/**
 * Returns true if publishing creates no new revision: pipelines that change rows recognize a new publication by its
 * revision.
 */
function leavesNoTrace({ shared, method = 'publish', mode, action = 'replace' }: Written.TableauDestination) {
  return shared === true && (method === 'publish' ? mode === 'append' : action === 'replace');
}

function traceless({ mode }: Written.TableauDestination, name: string, place: Place): Diagnostic {
  const [what, instead] =
    mode === 'append'
      ? [
          'rows that are appended look like a new publication',
          'add rows by method: update with action: insert',
        ]
      : [
          'others do not see when all rows are replaced in place',
          'publish all rows: leave out method: update',
        ];
  const message = `the data source "${name}" is shared, and ${what}`;
  return problem(codes.sameDestination, message, place, { hint: instead });
}

const isShared = ({ settings }: Writer) => settings.shared === true;
