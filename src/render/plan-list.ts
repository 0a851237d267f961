import type { ForgottenPipeline, PipelinePlan, Plan } from '../model/plan/plan.ts';

/**
 * Lists the pipelines of a plan for programs: a line of JSON for each, and for each removal, with `address`, `action`, and, as far as they
 * are known, `blockedBy`, `shard`, and the `rows` and `bytes` to read.
 */
export function renderPlanList({ pipelines, forgotten }: Plan): string {
  const lines = [...pipelines.map(listed), ...forgotten.map(listedRemoval)];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function listed({ address, action, blockedBy, shard, estimates: { rows, bytes } }: PipelinePlan) {
  return { address, action, blockedBy, shard, rows: rows?.value, bytes: bytes?.value };
}

function listedRemoval({ address, deletes, shard }: ForgottenPipeline) {
  return { address, action: deletes === undefined ? 'forget' : 'delete', shard };
}
