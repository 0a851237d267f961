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

/** Returns the differences of the extract as a whole: its settings, its keys, and a file that is not the one we wrote. */
export function extractChanges(pipeline: Pipeline, { applied, extract }: Observation): Change[] {
  if (applied === undefined) return [];
  const { address } = pipeline;
  const { schema, version, keys, size, modified } = applied.extract;
  const changed = ({ subject, category, reason, before, after }: Difference): Change[] =>
    before === after ? [] : [{ address, subject, act: 'change', category, reason, before, after }];
  const isOther = extract.kind === 'present' && (extract.size !== size || extract.modified !== modified);
  return [
    ...changed({
      subject: 'extract',
      category: 'breaking',
      reason: 'another schema inside the file',
      before: schema,
      after: pipeline.extract.schema,
    }),
    ...changed({
      subject: 'extract',
      category: 'metadata',
      reason: 'another file version',
      before: String(version),
      after: String(pipeline.extract.version),
    }),
    ...changed({
      subject: 'key',
      category: 'metadata',
      reason: 'other keys or relationships',
      before: keys,
      after: defineKeys(pipeline),
    }),
    ...(isOther ? [drift(address)] : []),
  ];
}

type Difference = Pick<Change, 'subject' | 'category' | 'reason'> & { before: string; after: string };

function drift(address: string): Change {
  return {
    address,
    subject: 'extract',
    act: 'reload',
    category: 'data',
    reason: 'something else changed the extract since we wrote it',
    drift: true,
  };
}

/** Returns true if there is a staged file, and a record of an extract. */
export function isStagedAndRecorded({ applied, extract }: Observation): boolean {
  return extract.kind === 'present' && applied !== undefined;
}
