import { grouped } from '../model/base/numbers.ts';
import { familyOf } from '../model/config/family.ts';
import type { BasisPart, PipelinePlan, Plan } from '../model/plan/plan.ts';
import { RunError } from '../model/errors/run-error.ts';
import { classOfFinding } from './failures.ts';
import type { Decisions, Terms } from '../plan/index.ts';

const isActing = ({ action, blockedBy }: PipelinePlan) => action !== 'none' && blockedBy === undefined;

/**
 * Returns whether a pipeline concerns a saved plan: it does something about it, or has reported why it does not. What has
 * become of all others since is for the next plan, and no error of theirs is one of this apply.
 */
export function concernOf({ pipelines }: Plan): (address: string) => boolean {
  const addresses = pipelines.filter(({ action }) => action !== 'none').map(({ address }) => address);
  const concerned = new Set([...addresses, ...addresses.map(familyOf)]);
  return (address) => concerned.has(address);
}

/** Returns the pipelines that a saved plan does something about. */
export const actingIn = ({ pipelines }: Plan): PipelinePlan[] => pipelines.filter(isActing);

/**
 * Fails if a saved plan differs from the plan of now. Rows that came since do not matter: tables that are read are read
 * with them, all others are left to the next plan. Everything else that the plan was computed from must be the same,
 * for every pipeline that it is going to change; otherwise none is changed.
 */
export function refuseStale(saved: Plan, now: Plan): void {
  const acting = actingIn(saved);
  if (acting.length + saved.forgotten.length === 0) return;
  refuseOtherState(saved, now);
  for (const { address } of acting) refuseUnseen(address, now);
  const addresses = new Map<string, string[]>();
  for (const planned of acting) {
    const found = whyStale(planned, now).join(', and ');
    if (found !== '') addresses.set(found, [...(addresses.get(found) ?? []), planned.address]);
  }
  const reasons = [...addresses].map(
    ([reason, [first = '', ...others]]) => `${first}: ${reason}${more(others)}`,
  );
  if (reasons.length > 0) throw staleError(reasons.join('; '));
}

/** Names other pipelines for which the same is true, the first two of them: a family may have thousands. */
function more(others: readonly string[]): string {
  if (others.length === 0) return '';
  const named = others.slice(0, 2).join(', ');
  return ` (and ${grouped(others.length)} more like it: ${named}${others.length > 2 ? ', …' : ''})`;
}

/** Fails if a saved plan was made from other records than those of now. Nothing follows from these for each pipeline. */
export function refuseOtherState(saved: Plan, now: Plan): void {
  if (saved.state === undefined)
    throw staleError(
      'it was saved by an earlier version of extracts, which recorded less of what a plan depends on',
    );
  if (saved.state !== now.state)
    throw staleError('the state is kept in another place than when it was planned');
}

/**
 * Returns why one pipeline of a saved plan cannot be applied; undefined if it can. The others are not looked at; `reached` are those
 * that the plan itself has begun or done.
 */
export function stalenessOf(
  planned: PipelinePlan,
  now: Plan,
  reached: ReadonlySet<string>,
): RunError | undefined {
  try {
    refuseUnseen(planned.address, now);
  } catch (error) {
    if (error instanceof RunError) return error;
    throw error;
  }
  const reasons = whyStale(planned, now, reached);
  const hint = 'it was not applied; plan again';
  return reasons.length === 0 ? undefined : staleError(reasons.join(', and '), hint);
}

export function staleError(reasons: string, hint = 'nothing was done; plan again'): RunError {
  return new RunError('EXT6104', `the plan is stale: ${reasons}`, { hint });
}

/** Fails if a pipeline cannot be inspected: it may be unchanged, so that calling the plan stale would not be true. */
function refuseUnseen(address: string, { pipelines, diagnostics }: Plan): void {
  const unseen = pipelines.find(
    (one) => [address, familyOf(address)].includes(one.address) && one.basis.configuration === '',
  );
  if (unseen?.action !== 'blocked') return;
  const finding = diagnostics.find(({ message }) => message === unseen.because);
  const hint = finding?.hint === undefined ? '' : `${finding.hint}; `;
  throw new RunError(
    'EXT6108',
    `cannot compare the plan with what is there now: ${address}: ${unseen.because}`,
    {
      hint: `${hint}nothing was done`,
      ...(finding?.place && { place: finding.place }),
      ...(finding && { class: classOfFinding(finding) }),
    },
  );
}

/** Returns each independent reason; one that only follows from another is left out. */
function whyStale(planned: PipelinePlan, now: Plan, reached: ReadonlySet<string> = new Set()): string[] {
  const fresh = now.pipelines.find(({ address }) => address === planned.address);
  if (fresh === undefined) return ['it is no longer in the configuration'];
  const differing = differences(planned.basis.parts ?? [], fresh.basis.parts ?? []).filter(
    (part) => !isIntermediate(part, fresh) && !isPublishedByPlan(part, planned, reached),
  );
  const reasons = [...differing.filter(isPlace).map(partText), ...recordReasons(planned, fresh)];
  const header = differing.filter(({ kind }) => kind === 'header');
  if (header.length > 0) return [...reasons, ...header.map(partText)];
  if (planned.basis.configuration !== fresh.basis.configuration) {
    const isElsewhere = differing.some(({ kind }) => kind === 'configuration');
    const found = differing.filter(({ kind }) => kind === 'match').map(partText);
    const isOther = isElsewhere || reasons.length + found.length === 0;
    return [
      ...reasons,
      ...found,
      ...(isOther ? ['its configuration, or a variable in it, has changed'] : []),
    ];
  }
  if (reasons.length > 0) return reasons;
  if (differing.length > 0) return differing.map(partText);
  if (fresh.blockedBy === 'error') return [`it is blocked now: ${fresh.because}`];
  if (fresh.blockedBy === 'gate') return closedGates(fresh, now);
  return otherSteps(planned, fresh);
}

function recordReasons(
  { basis: { record } }: PipelinePlan,
  { basis: { record: now } }: PipelinePlan,
): string[] {
  if (record === now) return [];
  return [
    now === '' ? 'its record was removed since' : 'it was applied since, by this plan or by another run',
  ];
}

/** Parts that are not the same in both, in the order in which they are listed. */
function differences(before: readonly BasisPart[], now: readonly BasisPart[]): BasisPart[] {
  const isIn = (part: BasisPart, others: readonly BasisPart[]) =>
    others.some(({ kind, of, sha256 }) => kind === part.kind && of === part.of && sha256 === part.sha256);
  const all = [...before.filter((part) => !isIn(part, now)), ...now.filter((part) => !isIn(part, before))];
  const hasMoved = all.some(({ kind }) => kind === 'extract file');
  const isTrackedOtherwise = ({ of }: BasisPart) =>
    all.some((part) => part.kind === 'tracking' && part.of === of);
  const isInOtherFolder = ({ of }: BasisPart) =>
    all.some(({ kind, of: source }) => kind === 'folder' && source === of);
  return all.filter(
    (part, index) =>
      !(hasMoved && part.kind === 'extract') &&
      !(part.kind === 'columns' && isTrackedOtherwise(part)) &&
      !(part.kind === 'match' && isInOtherFolder(part)) &&
      all.findIndex(({ kind, of }) => kind === part.kind && of === part.of) === index,
  );
}

/**
 * Returns true for a staged extract that is only intermediate: each machine has its own or none, and the same steps can be done
 * with what is there. Where they cannot, the steps differ.
 */
const isIntermediate = ({ kind }: BasisPart, { destinations, basis }: PipelinePlan) =>
  kind === 'extract' && destinations.length > 0 && basis.record !== '';

/** Returns true for a data source whose rows are changed after another pipeline of the plan has published it, if that has come so far. */
const isPublishedByPlan = (
  { kind, of }: BasisPart,
  { after = [], destinations }: PipelinePlan,
  reached: ReadonlySet<string>,
) =>
  kind === 'destination' &&
  after.some((address) => reached.has(address)) &&
  destinations.some(({ target, action }) => target === of && action === 'update');

const isPlace = ({ kind }: BasisPart) => kind === 'server' || kind === 'bucket' || kind === 'folder';

function partText({ kind, of }: BasisPart): string {
  const words: Record<BasisPart['kind'], string> = {
    server: `source "${of}" is another server or database than when it was planned`,
    bucket: `source "${of}" is another bucket or endpoint than when it was planned`,
    folder: `the files of source "${of}" are looked for in another folder than when it was planned`,
    configuration: 'its configuration, or a variable in it, has changed',
    match: `source "${of}" looks for other files or keys than when it was planned`,
    limits: `min_files or max_bytes of source "${of}" has changed`,
    tracking: `table "${of}" of its source is another kind of relation now, or its changes are found in another way`,
    columns: `the columns of table "${of}" in its source have changed`,
    header: `the header file of table "${of}" has changed`,
    detection: `change_detection of table "${of}" has changed`,
    'extract file': 'extract.file has changed',
    extract: `the extract ${of} is not as it was`,
    template: `the template ${of} has changed`,
    destination: `the destination ${of} is not as it was`,
    moves: 'other names are moved: than when it was planned',
  };
  return words[kind];
}

function closedGates({ address }: PipelinePlan, { gates }: Plan): string[] {
  return gates
    .filter(({ pipeline, open }) => pipeline === address && !open)
    .map(({ address: about, message, remedy }) => `it is held back now: ${about}: ${message} (${remedy})`);
}

/**
 * Returns the remaining difference, which comes from the rows of a source: a table that can no longer be changed, or
 * need not be.
 */
function otherSteps(planned: PipelinePlan, fresh: PipelinePlan): string[] {
  const ids = ({ steps }: PipelinePlan) => steps.map(({ id }) => id).join(', ');
  if (ids(planned) === ids(fresh)) return [];
  const table = planned.tables.find(
    ({ name, action }) => fresh.tables.find((one) => one.name === name)?.action !== action,
  );
  if (table === undefined) return [`other steps are needed now: ${fresh.because}`];
  const today = fresh.tables.find(({ name }) => name === table.name);
  return today?.action === 'unchanged'
    ? [`nothing is left to read of table "${table.name}"`]
    : [`table "${table.name}" must be read in another way now: ${today?.reason ?? fresh.because}`];
}

/** Returns what was allowed when the plan was made. */
export function decisionsIn({ gates, pipelines }: Plan): Decisions {
  const open = gates.filter((gate) => gate.open);
  return {
    allowBreaking: open.filter(({ kind }) => kind === 'breaking').map(({ address }) => address),
    ...(pipelines.some(({ full }) => full === true) && { full: true }),
    allowMisfit: open.some(({ kind }) => kind === 'misfit'),
  };
}

/** Returns the tables that a saved plan leaves as they are, by pipeline. Those in `except` are planned as they are now. */
export function skippedTablesOf(
  saved: Plan,
  except: ReadonlySet<string> = new Set(),
): NonNullable<Terms['skippedTables']> {
  const acting = actingIn(saved).filter(({ address }) => !except.has(address));
  return new Map(
    acting.map(({ address, tables }) => {
      const stay = tables.filter(({ action }) => action === 'unchanged' || action === 'reshape');
      return [address, new Set(stay.map(({ name }) => name))];
    }),
  );
}
