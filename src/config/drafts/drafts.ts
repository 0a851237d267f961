import type { Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { interpolate } from '../references/interpolate.ts';
import type { Substitution } from '../references/substitution.ts';
import type { LoadedFile } from '../read/loaded-file.ts';
import { checkShape } from '../schema/check-schema.ts';
import { joinSplitTypes } from '../read/split-types.ts';
import { draftFamily } from './family.ts';
import type { DraftedFile, KnownItems, MakeDraft } from './drafted-file.ts';
import { draftPipeline, type PipelineDraft } from './pipeline-draft.ts';
import type { Shared } from './shared.ts';

/** Returns the parts of a file that can be checked; nothing if it is not YAML or has too little of a pipeline. */
export function draftFile(
  loaded: LoadedFile,
  shared: Shared,
  substitution: Substitution,
  items: KnownItems,
): DraftedFile | undefined {
  if (loaded.value === undefined) return undefined;
  const place: Place = { file: loaded.file, pointer: '' };
  const whole = joinSplitTypes(loaded.value, place, substitution.report);
  const { diagnostics, sound } = checkShape('pipeline', loaded.file, whole);
  diagnostics.forEach(substitution.report);
  if (sound === undefined) return undefined;
  const { for_each: forEach, ...pipeline } = sound as Written.Pipeline;
  const draft: MakeDraft = (each, key, report = substitution.report) => {
    const own = each === undefined ? substitution : { ...substitution, each, report };
    return draftBoth(loaded, { whole, pipeline, key }, shared, own);
  };
  const wholeForEach = (whole as { for_each?: unknown }).for_each;
  if (wholeForEach === undefined) return { file: loaded, drafts: [draft(undefined, undefined)], blocked: [] };
  return draftFamily({ loaded, pipeline, forEach, wholeForEach, draft }, substitution, items);
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
  let hasSecrets = shared.shown !== undefined;
  const draft = draftOf({ ...substitution, meetsSecret: () => (hasSecrets = true) }, shared);
  if (!loaded.text.includes('${') && shared.shown === undefined) return draft;
  // Of many items most have none.
  if (!hasSecrets) return { ...draft, shown: draft };
  const { each } = substitution;
  const silent = { ...substitution, shown: true, report: () => undefined };
  const shown = draftOf(
    each === undefined ? silent : { ...silent, each: { ...each, reads: () => undefined } },
    shared.shown ?? shared,
  );
  return { ...draft, shown };
}
