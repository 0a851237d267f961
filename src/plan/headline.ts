import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { Change } from '../model/plan/change.ts';
import type { PipelineAction } from '../model/plan/plan.ts';

/** Returns the one sentence about the pipeline: its most important reason. */
export function headline(
  action: PipelineAction,
  pipeline: Pipeline,
  changes: readonly Change[],
  diagnostics: readonly Diagnostic[],
): string {
  if (action === 'blocked') return diagnostics.find(({ severity }) => severity === 'error')?.message ?? '';
  if (action === 'create') return 'there is no extract yet';
  if (action === 'none') return 'nothing has changed';
  const [first] = [...changes].sort((a, b) => weight(b) - weight(a));
  if (first === undefined) return '';
  const prefix = `${pipeline.address}.`;
  const inside = first.address.startsWith(prefix) ? first.address.slice(prefix.length) : undefined;
  const subject = first.subject === 'destination' ? first.address.split(' -> ').at(-1) : inside;
  return subject ? `${subject}: ${first.reason}` : first.reason;
}

function weight({ category, subject, act }: Change): number {
  const order = ['metadata', 'create', 'additive', 'data', 'breaking'];
  // It is no reason for anything else.
  if (subject === 'pipeline' && act === 'change') return -2;
  return subject === 'destination' ? -1 : order.indexOf(category);
}
