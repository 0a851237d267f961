import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { ExtractObservation, Observation } from '../../model/world/observation.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Change } from '../../model/plan/change.ts';
import { defineKeys } from '../table/definition.ts';

export function extractFindings(pipeline: Pipeline, extract: ExtractObservation): Diagnostic[] {
  if (extract.kind !== 'unusable') return [];
  const { shown } = pipeline.extract;
  return [
    extract.code === 'locked'
      ? {
          code: 'EXT3005',
          severity: 'error',
          message: `the extract ${shown} is open in another program`,
          hint: 'close it there (Tableau Desktop, another run) and try again',
          place: pipeline.place,
        }
      : {
          code: 'EXT3006',
          severity: 'error',
          message: `${shown} is there, but is no sound .hyper file: ${extract.reason}`,
          hint: 'move it away or delete it: extracts overwrites only what it can read',
          place: pipeline.place,
        },
  ];
}

/** Differences of the extract as a whole: its settings, its keys, and whether the file is still the one we wrote. */
export function extractChanges(pipeline: Pipeline, { applied, extract }: Observation): Change[] {
  if (applied === undefined) return [];
  const before = applied.extract;
  const changes: Change[] = [];
  const changed = (
    subject: Change['subject'],
    reason: string,
    from: string,
    to: string,
    category: Change['category'],
    // eslint-disable-next-line max-params -- no two of them belong together
  ) =>
    changes.push({
      address: pipeline.address,
      subject,
      act: 'change',
      category,
      reason,
      before: from,
      after: to,
    });
  if (before.schema !== pipeline.extract.schema) {
    changed('extract', 'another schema inside the file', before.schema, pipeline.extract.schema, 'breaking');
  }
  if (before.version !== pipeline.extract.version) {
    const [from, to] = [String(before.version), String(pipeline.extract.version)];
    changed('extract', 'another file version', from, to, 'metadata');
  }
  const keys = defineKeys(pipeline);
  if (before.keys !== keys) changed('key', 'other keys or relationships', before.keys, keys, 'metadata');
  if (extract.kind === 'present' && (extract.size !== before.size || extract.modified !== before.modified)) {
    changes.push({
      address: pipeline.address,
      subject: 'extract',
      act: 'reload',
      category: 'data',
      reason: 'something else changed the extract since we wrote it',
      drift: true,
    });
  }
  return changes;
}

/** Returns true if the staged file exists and is the one that we wrote last. */
export function isOurs({ applied, extract }: Observation): boolean {
  return extract.kind === 'present' && applied !== undefined;
}
