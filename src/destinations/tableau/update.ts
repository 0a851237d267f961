import { counted } from '../../model/numbers.ts';
import type { AppliedDestination } from '../../model/observation.ts';
import type { TableauDelivery, TableauDestination } from '../../model/pipeline.ts';
import type { BuiltExtract, Delivered, ExtractPort, Portion } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';
import { findDataSource, type DataSource } from './client/data-sources.ts';
import type { Site } from './client/site.ts';
import { describe, inWords } from './errors.ts';
import { lookNow } from './look.ts';
import { applyPortion } from './patch.ts';
import { delivered, publish, rising } from './publish.ts';
import { settleRows } from './settle.ts';
import { projectFor, type Target } from './target.ts';
import { actionsFor } from './update-actions.ts';

export type Update = Extract<TableauDelivery, { method: 'update' }>;

export interface Updating {
  progress: (bytes: number) => void;
  signal: AbortSignal;
  split: ExtractPort['split'];
  last: AppliedDestination | undefined;
}

/**
 * Changes the rows of a live-to-Hyper data source by those of the extract: as one batch of the server, all or
 * nothing, or in several where the server takes no payload of that size. Where nothing is published yet,
 * publishes the extract.
 */
export async function updateData(
  site: Site,
  destination: TableauDestination,
  update: Update,
  cargo: BuiltExtract,
  { progress, signal, split, last }: Updating,
): Promise<Delivered> {
  const project = await projectFor(site, destination, signal);
  const before = await findDataSource(site, destination.name, project.id, signal);
  if (before === undefined) return publish(site, destination, cargo, { mode: 'create', progress, signal });
  // The server has the data source; of a package it takes nothing but the rows.
  const extract = cargo.inside ?? cargo;
  const target = { site, destination, project, before };
  const moment = momentOf(update, before, last);
  const applied = { rows: 0, portions: 0 };
  for await (const portion of split(extract.path, update.most, signal)) {
    // An empty portion still empties what it replaces.
    if (portion.rows === 0 && applied.portions > 0) continue;
    const isFirst = applied.portions === 0;
    try {
      signal.throwIfAborted();
      await applyPortion(await asItIs(target, isFirst), {
        portion,
        actions: actionsFor(
          isFirst || update.action !== 'replace' ? update : { ...update, action: 'insert' },
        ),
        identity: [destination.shown, moment, String(applied.portions + 1)],
        progress: rising(progress),
        signal,
      });
    } catch (error) {
      throw isFirst ? error : stopped(target, update, applied, portion, error);
    }
    applied.rows += portion.rows;
    applied.portions++;
  }
  return delivered(await settleRows(target), extract.size);
}

/**
 * What sets one update apart from an equal one at another time. Rows may be replaced by the same rows again,
 * after others came between; the same rows are never inserted twice, whatever came between.
 */
function momentOf({ action }: Update, before: DataSource, last: AppliedDestination | undefined): string {
  if (action === 'insert') return '';
  // By what was applied last a run that failed half-way has the same moment when it is run again.
  const time =
    last !== undefined && 'id' in last && last.id === before.id ? last.updatedAt : before.updatedAt;
  return `${time} ${before.revision ?? ''}`;
}

/** Before each portion, so that its own effect can be seen. */
async function asItIs(
  target: Target & { before: DataSource },
  isFirst: boolean,
): Promise<Target & { before: DataSource }> {
  return isFirst ? target : { ...target, before: (await lookNow(target)) ?? target.before };
}

function stopped(
  { site, destination }: Target,
  { action }: Update,
  applied: { rows: number; portions: number },
  { rowsInAll }: Portion,
  cause: unknown,
): RunError {
  const error = inWords(cause, destination);
  const reason = error instanceof RunError ? error.message : 'it was interrupted';
  const message =
    `${describe(site.connection)} has applied ${counted(applied.rows, 'row')} of ${counted(rowsInAll, 'row')} to ` +
    `"${destination.name}", in ${counted(applied.portions, 'portion')}; then: ${reason}`;
  const until = action === 'replace' ? ', and until then it holds only those rows' : '';
  return new RunError('EXT5119', message, {
    hint: `run again: it goes on from there, nothing is applied twice within a day${until}`,
    cause,
  });
}
