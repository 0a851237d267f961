import { counted } from '../../../model/base/numbers.ts';
import { needsRows } from '../../../model/plan/tableau-delivery.ts';
import type { AppliedDestination, SentNote } from '../../../model/world/applied-record.ts';
import type { TableauDelivery, TableauDestination } from '../../../model/config/destination.ts';
import type { BuiltExtract, ExtractPort, Portion } from '../../../model/ports/extract-port.ts';
import type { Delivery, Written } from '../../../model/ports/destination-port.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { findPublished, type Content } from '../client/resources/content.ts';
import { kindOf } from '../client/resources/content-kind.ts';
import type { Site } from '../client/site/site.ts';
import { toRunError } from '../client/errors.ts';
import { siteLabel } from '../client/site-label.ts';
import { lookNow } from '../target/current.ts';
import { applyPortion, Unseen } from './patch.ts';
import { delivered, markOf, publish, increments, unverified } from '../publish/publish.ts';
import { settleRows } from '../publish/settle.ts';
import type { Enter } from '../publish/turns.ts';
import { projectFor, type Target } from '../target/target.ts';
import type { SeeProject } from '../target/seen-projects.ts';
import { actionsFor } from './actions.ts';

export type Update = Extract<TableauDelivery, { method: 'update' }>;

type Updating = Delivery & { split: ExtractPort['split']; enter: Enter; seeProject: SeeProject };

/** The number of times that rows are changed again if the data source is published again at the same moment. */
const mostTurns = 3;

/**
 * Changes the rows of a live-to-Hyper data source by those of the extract: as one batch of the server, all or
 * nothing, or in several where the server takes no payload of that size. Where nothing is published yet,
 * publishes the extract, if its rows make sense by themselves.
 */
// eslint-disable-next-line max-params -- no two of them belong together
export async function updateData(
  site: Site,
  destination: TableauDestination,
  update: Update,
  cargo: BuiltExtract,
  updating: Updating,
): Promise<Written> {
  const { last, signal } = updating;
  const kind = kindOf(destination);
  const project = await projectFor(site, destination, updating);
  const knownId = last !== undefined && 'id' in last ? last.id : undefined;
  const wanted = { name: destination.name, projectId: project.id, knownId };
  for (let turn = 1; ; turn++) {
    const before = await findPublished({ site, kind }, wanted, signal);
    if (before === undefined) {
      if (needsRows(destination)) throw nothingThere(destination);
      return publish(site, destination, cargo, { ...updating, mode: 'create' });
    }
    const target = { site, kind, destination, project, before };
    // The server has the data source; of a package it takes nothing but the rows.
    const { written, isInDoubt } = await changeRows(target, update, cargo.inside ?? cargo, updating);
    if (!isInDoubt) return written;
    // Rows that were added must not be added twice; all other changes may be made again.
    if (update.action === 'insert' || turn === mostTurns) throw inDoubt(target, update);
  }
}

/** Changes the rows of what is published. It is in doubt whether they are changed if the data source was published again meanwhile. */
async function changeRows(
  target: Target & { before: Content },
  update: Update,
  extract: BuiltExtract,
  updating: Updating,
): Promise<{ written: Written; isInDoubt: boolean }> {
  const { before } = target;
  const { size } = extract;
  // The rows are changed in this revision, whatever comes after it.
  const asLeft = (found: Content) =>
    delivered({ ...found, revision: before.revision ?? found.revision }, size);
  try {
    const rows = await applyPortions(target, update, extract, updating);
    const now = await settleRows(target, (found) => updating.taken(asLeft(found)), updating.signal);
    const isNewRevision = before.revision !== undefined && now.revision !== before.revision;
    // In a data source that is not shared, only this pipeline is expected to make changes.
    const isInDoubt = target.destination.shared === true && isNewRevision;
    // The server takes a batch of equal rows for one that it has, for a day.
    const isRepeated = update.action === 'insert' && rows > 0 && now.updatedAt === before.updatedAt;
    const written = { size, delivered: asLeft(now) };
    const remark = 'the server has this batch already: no row was added';
    return { written: isRepeated ? { ...written, remark } : written, isInDoubt };
  } catch (error) {
    if (error instanceof Unseen) return { written: unverified(size, error.message), isInDoubt: false };
    throw error;
  }
}

function inDoubt({ site, destination }: Target, { action }: Update): RunError {
  const message = `${siteLabel(site.connection)} took the rows for "${destination.name}", but it was published again at the same moment`;
  const hint =
    action === 'insert'
      ? 'look whether its rows are in it: the next plan adds them again'
      : 'the next plan makes these changes again; apply it when nothing else publishes';
  return new RunError('EXT5114', message, { hint, place: destination.place });
}

function nothingThere(destination: TableauDestination): RunError {
  return new RunError('EXT5121', `${destination.shown} is not published: there are no rows to change`, {
    hint: 'apply the pipeline that publishes all rows first',
    place: destination.place,
  });
}

/** Resolves to the number of rows that were sent. */
async function applyPortions(
  target: Target & { before: Content },
  update: Update,
  extract: BuiltExtract,
  { progress, doing, signal, enter, split, last, confirm, note }: Updating,
): Promise<number> {
  const { site, destination, before } = target;
  const moment = momentOf(update, target, last);
  const applied = { rows: 0, portions: 0 };
  const about: SentNote = {
    at: new Date(site.clock.now()).toISOString(),
    size: extract.size,
    before: markOf(before),
  };
  for await (const portion of split(extract.path, update.most, signal)) {
    // An empty portion still empties what it replaces.
    if (portion.rows === 0 && applied.portions > 0) continue;
    const isFirst = applied.portions === 0;
    const isWhole = portion.rows === portion.rowsInAll;
    try {
      signal.throwIfAborted();
      await applyPortion(await asItIs(target, isFirst, signal), {
        portion,
        actions: actionsFor(
          isFirst || update.action !== 'replace' ? update : { ...update, action: 'insert' },
        ),
        identity: [
          destination.shown,
          moment,
          String(applied.portions + 1),
          ...(update.batch === undefined ? [] : [update.batch]),
        ],
        progress: increments(progress),
        doing,
        signal,
        enter,
        isUnderWay: !isFirst,
        beforeLast: confirm,
        // Of several portions the whole is done when the last one is.
        onJob: (job) => (isWhole ? note({ ...about, job }) : Promise.resolve()),
      });
    } catch (error) {
      if (isWhole && !(error instanceof Unseen) && !signal.aborted) await note(undefined);
      throw isFirst || error instanceof Unseen ? error : stopped(target, update, applied, portion, error);
    }
    applied.rows += portion.rows;
    applied.portions++;
    // Nothing more remains to be sent.
    if (isWhole) break;
  }
  return applied.rows;
}

/**
 * Returns what distinguishes one update from an equal one at another time. Rows may be replaced by the same rows
 * again, after others came between; the same rows are never inserted twice, unless another pipeline has published all
 * rows again.
 */
function momentOf(
  { action }: Update,
  { destination: { shared }, before }: Target & { before: Content },
  last: AppliedDestination | undefined,
): string {
  if (action === 'insert') return shared === true ? String(before.revision ?? '') : '';
  // By what was applied last a run that failed half-way has the same moment when it is run again.
  const time =
    last !== undefined && 'id' in last && last.id === before.id ? last.updatedAt : before.updatedAt;
  return `${time} ${before.revision ?? ''}`;
}

/** Before each portion, so that its own effect can be seen. */
async function asItIs(
  target: Target & { before: Content },
  isFirst: boolean,
  signal: AbortSignal,
): Promise<Target & { before: Content }> {
  return isFirst ? target : { ...target, before: (await lookNow(target, signal)) ?? target.before };
}

// eslint-disable-next-line max-params -- no two of them belong together
function stopped(
  { site, destination }: Target,
  { action }: Update,
  applied: { rows: number; portions: number },
  { rowsInAll }: Portion,
  cause: unknown,
): RunError {
  const error = toRunError(cause, destination);
  const reason = error instanceof RunError ? error.message : 'it was interrupted';
  const message =
    `${siteLabel(site.connection)} has applied ${counted(applied.rows, 'row')} of ${counted(rowsInAll, 'row')} to ` +
    `"${destination.name}", in ${counted(applied.portions, 'portion')}; then: ${reason}`;
  const until = action === 'replace' ? ', and until then it holds only those rows' : '';
  return new RunError('EXT5119', message, {
    hint: `run again: it continues from there, nothing is applied twice within a day${until}`,
    cause,
    ...(error instanceof RunError && { class: error.class }),
  });
}
