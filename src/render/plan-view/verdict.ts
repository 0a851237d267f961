import { counted } from '../../model/base/numbers.ts';
import { countChanges } from '../../model/plan/count-changes.ts';
import { firstDelivery } from '../../model/plan/destination-plan.ts';
import type { PipelineAction, PipelinePlan, Plan } from '../../model/plan/plan.ts';

/** Returns true if there is nothing to do, and nothing is blocked. */
export function isQuiet(plan: Plan): boolean {
  return countChanges(plan) + plan.summary.blocked === 0;
}

/**
 * Returns the text after "No changes.": if cursors do not find all changes, the extracts do not match their sources.
 */
export function quietTextOf({ pipelines, unseen: unlooked }: Plan): string {
  // A shard with nothing to do, or whose work is done: of the other pipelines of its plan it knows nothing.
  if (pipelines.length === 0) return 'There is no pipeline to apply.';
  if (unlooked !== undefined) return 'What this plan looked at matches the configuration.';
  const unseen = pipelines.flatMap(({ tables }) => tables.flatMap((table) => table.unseen ?? []));
  if (unseen.length === 0) return 'The extracts match the configuration and their sources.';
  const sum = (part: 'missing' | 'updated' | 'deleted') =>
    unseen.reduce((total, one) => total + (one[part] ?? 0), 0);
  const counts = (['missing', 'updated', 'deleted'] as const).flatMap((part) =>
    sum(part) > 0 ? [`${counted(sum(part), 'row')} ${part === 'missing' ? 'committed late' : part}`] : [],
  );
  const parts = [...counts, ...(unseen.some(({ lost }) => lost === true) ? ['a partition removed'] : [])];
  return `The extracts match the configuration, but not their sources: ${parts.join(', ')}, which no cursor finds.`;
}

const participles: Record<PipelineAction, string> = {
  create: 'created',
  rebuild: 'rebuilt',
  deliver: 'delivered again',
  record: 'recorded again',
  none: 'unchanged',
  blocked: 'applied',
};

/** `will be rebuilt`, `is blocked: it would be rebuilt`, `cannot be applied`. */
export function verdictOf(plan: PipelinePlan): string {
  const { action, blockedBy } = plan;
  const done = isFirstDelivery(plan) ? 'delivered' : participles[action];
  if (blockedBy === 'gate') return `is blocked: it would be ${done}`;
  return `${action === 'none' ? 'is' : action === 'blocked' ? 'cannot be' : 'will be'} ${done}`;
}

/** Returns true if no destination has received the extract before. */
function isFirstDelivery({ action, destinations }: PipelinePlan): boolean {
  const first: readonly string[] = Object.values(firstDelivery);
  return (
    action === 'deliver' &&
    destinations.every((one) => one.action === 'unchanged' || first.includes(one.reason))
  );
}

/** Returns `1 to create`, `2 to change`, `4 unchanged`, and how many are blocked, forgotten and deleted. */
export function countsOf({ summary, forgotten, missing = [] }: Plan): { text: string; isBlocked: boolean }[] {
  const { create, change, unchanged, blocked } = summary;
  const deleted = forgotten.filter(({ deletes }) => deletes !== undefined).length;
  const left = forgotten.length - deleted;
  const plain = (text: string) => ({ text, isBlocked: false });
  return [
    plain(`${create} to create`),
    plain(`${change} to change`),
    plain(`${unchanged} unchanged`),
    ...(blocked > 0 ? [{ text: `${blocked} blocked`, isBlocked: true }] : []),
    ...(left > 0 ? [plain(`${left} to forget`)] : []),
    ...(missing.length > 0 ? [plain(`${missing.length} missing`)] : []),
    ...(deleted > 0 ? [plain(`${deleted} to delete`)] : []),
  ];
}
