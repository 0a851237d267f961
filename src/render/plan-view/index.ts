import type {
  ForgottenPipeline,
  Gate,
  GateKind,
  MissingItem,
  PipelinePlan,
  Plan,
} from '../../model/plan/plan.ts';
import { printableData } from '../text-width.ts';
import { amountsOf } from './amounts.ts';
import { publishingOf } from './publishing.ts';
import { shardsOf } from './shards.ts';
import { countIdle, foldForgotten, foldMissing, foldPipelines, moreLike, type Folded } from './fold.ts';
import { withFolder } from './folder-name.ts';
import { viewPipeline } from './pipeline.ts';
import type { GateView, Part, PlanView, RemovedView } from './plan-view.ts';
import { countsOf, isQuiet, quietTextOf } from './verdict.ts';

export type {
  ColumnChangeView,
  ColumnView,
  DestinationView,
  GateView,
  Mark,
  Part,
  PipelineView,
  PlanView,
  RelationshipView,
  RemovedView,
  TableView,
  TemplateView,
} from './plan-view.ts';
export { foldGates, moreLike } from './fold.ts';
export { markOfPipeline } from './pipeline.ts';
export { markOfTable } from './table.ts';

export interface ViewOptions {
  /** Shows pipelines without changes too, and every item of a family. */
  showsAll?: boolean;
  /** Blocked pipelines first, then those with a gate that a flag has opened. */
  isUrgentFirst?: boolean;
}

/** Returns what readers of a plan see. Characters that could steer a terminal are replaced in all of it. */
export function viewPlan(
  given: Plan,
  { showsAll = false, isUrgentFirst = false }: ViewOptions = {},
): PlanView {
  const plan = printableData(given);
  const { tool, pipelines, forgotten, missing = [], unseen } = plan;
  const acting = pipelines.filter(({ action }) => action !== 'none');
  const shown = showsAll ? pipelines : isUrgentFirst ? acting.toSorted(byUrgency(plan)) : acting;
  return {
    tool,
    ...(isQuiet(plan) && { quiet: quietTextOf(plan) }),
    counts: countsOf(plan),
    amounts: amountsOf(plan),
    ...(plan.shards !== undefined && { shards: shardsOf(plan.shards, plan) }),
    publishing: publishingOf(plan),
    hasActions:
      forgotten.length > 0 ||
      missing.some(({ since }) => since === undefined) ||
      acting.some(({ action }) => action !== 'blocked'),
    pipelines: parts(showsAll ? single(shown) : foldPipelines(shown), viewPipeline),
    idle: showsAll ? [] : pipelines.filter(({ action }) => action === 'none'),
    idleFamilies: showsAll ? [] : countIdle(pipelines),
    removed: [
      ...parts(showsAll ? single(forgotten) : foldForgotten(forgotten), viewRemoved),
      ...parts(showsAll ? single(missing) : foldMissing(missing), viewMissing),
    ],
    gates: distinctGates(plan.gates).map(viewGate),
    heldBack: pipelines.filter(({ blockedBy }) => blockedBy === 'gate').length,
    findings: plan.diagnostics,
    ...(unseen !== undefined && { notInspected: unseen }),
  };
}

const single = <T>(all: readonly T[]): Folded<T>[] => all.map((one) => ({ one }));

function parts<T extends { address: string; because: string }, View>(
  folded: readonly Folded<T>[],
  view: (one: T) => View,
): Part<View>[] {
  return folded.map((part) =>
    'one' in part
      ? { one: view(part.one) }
      : { more: part.more, text: moreLike(part.more, part.like.address) },
  );
}

function byUrgency({ gates }: Plan): (one: PipelinePlan, other: PipelinePlan) => number {
  const allowed = new Set(gates.filter(({ open }) => open).map(({ pipeline }) => pipeline));
  const rank = ({ blockedBy, address }: PipelinePlan) =>
    blockedBy !== undefined ? 0 : allowed.has(address) ? 1 : 2;
  return (one, other) => rank(one) - rank(other);
}

function viewRemoved({ address, because: why, leaves, deletes }: ForgottenPipeline): RemovedView {
  const isDeleted = deletes !== undefined;
  const because = withFolder(address, why);
  const verdict = isDeleted ? 'will be deleted' : 'will no longer be managed, will not be deleted';
  return { address, because, verdict, isDeleted, deletes: deletes ?? [], leaves };
}

function viewMissing({ address, because: why, since, from }: MissingItem): RemovedView {
  const because = withFolder(address, why);
  const verdict =
    since === undefined || from === undefined
      ? 'is missing, stays for a day at least'
      : `is missing since ${toMinute(since)}, removed from ${toMinute(from)} on`;
  return { address, because, verdict, isDeleted: false, deletes: [], leaves: [] };
}

/** `2026-01-31 08:15 UTC`. */
const toMinute = (time: string) => `${time.slice(0, 16).replace('T', ' ')} UTC`;

/** Leaves out duplicates: a remedy that several errors of a template share is shown once. */
function distinctGates(gates: readonly Gate[]): Gate[] {
  return [...new Map(gates.map((gate) => [`${gate.kind} ${gate.address} ${gate.message}`, gate])).values()];
}

const gateLabels: Record<GateKind, string> = {
  breaking: 'Breaking',
  misfit: 'Misfit',
  policy: 'Policy',
  drift: 'Drift',
};

function viewGate(gate: Gate): GateView {
  return { ...gate, label: gateLabels[gate.kind], isFlag: gate.remedy.startsWith('--') };
}

export const untrustedText =
  'This plan is untrusted: it knows no values of variables, asked no server and read nothing outside of the project.';

/** Returns the notice for a reader of an untrusted plan; empty for every other plan. */
export function notInspectedText({ notInspected }: PlanView): string[] {
  if (notInspected === undefined) return [];
  return [
    '',
    untrustedText,
    ...(notInspected.length === 0 ? ['Nothing had to be left out for that.'] : ['Not looked at:']),
    ...notInspected.map((one) => `  - ${one}`),
  ];
}
