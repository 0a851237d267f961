import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import type { BlockedItem, DraftedFile } from '../drafts/drafted-file.ts';
import { passwordsOf } from '../references/passwords.ts';
import { commonRules, rules } from './index.ts';

/**
 * Checks all drafts against the rules. A problem of an item from a source blocks that item; a conflict between two such
 * items, or one and another pipeline, blocks their family. Every other problem is a mistake in the files, and reported.
 */
export function judge(
  drafted: readonly DraftedFile[],
  { registerSecret }: { registerSecret: (secret: string) => void },
  report: (diagnostic: Diagnostic) => void,
): readonly DraftedFile[] {
  const alone = drafted.map((file) => judgeEach(file, registerSecret, report));
  // The later one of two in conflict is reported: written pipelines come before items from a source.
  const inOrder = alone.toSorted((one, other) => Number(isAnswered(one)) - Number(isAnswered(other)));
  const found = commonRules.flatMap((rule) => [...rule(inOrder.flatMap(({ drafts }) => drafts))]);
  const errorsOf = new Map<DraftedFile, Diagnostic[]>();
  for (const one of found) {
    const family = alone.find((file) => isAnswered(file) && file.file.file === one.place?.file);
    if (family === undefined || one.severity !== 'error') report(one);
    else errorsOf.set(family, [...(errorsOf.get(family) ?? []), one]);
  }
  return alone.map((file) => {
    const problems = errorsOf.get(file);
    return problems === undefined ? file : withoutItems(file, problems);
  });
}

const isAnswered = ({ answeredFamily }: DraftedFile) => answeredFamily !== undefined;

function judgeEach(
  file: DraftedFile,
  registerSecret: (secret: string) => void,
  report: (diagnostic: Diagnostic) => void,
): DraftedFile {
  const drafts: PipelineDraft[] = [];
  const blocked: BlockedItem[] = [];
  for (const draft of file.drafts) {
    for (const secret of passwordsOf(draft)) registerSecret(secret);
    const found = rules.flatMap((rule) => [...rule(draft)]);
    if (file.answeredFamily !== undefined && found.some(({ severity }) => severity === 'error')) {
      blocked.push({ ...file.answeredFamily, address: draft.address, problems: found });
    } else {
      drafts.push(draft);
      found.forEach(report);
    }
  }
  return { ...file, drafts, blocked: [...file.blocked, ...blocked] };
}

function withoutItems(
  { answeredFamily, ...file }: DraftedFile,
  problems: readonly Diagnostic[],
): DraftedFile {
  if (answeredFamily === undefined) return file;
  return { ...file, drafts: [], blocked: [{ ...answeredFamily, problems }] };
}
