import { getOwn } from '../../model/base/get-own.ts';
import type { Delivered, DestinationPort } from '../../model/ports/destination-port.ts';
import type { BuiltExtract } from '../../model/ports/extract-port.ts';
import type { Job } from '../job.ts';
import { recordedFile } from '../recorded-file.ts';
import { required } from '../required.ts';
import type { RunState } from '../run-state.ts';
import { bytesProgress } from './progress.ts';
import type { PerformStep } from './step.ts';

/** Writes the extract, or its package, to one destination, or only sets what describes it there. */
export const deliver: PerformStep<'deliver', RunState> = async (step, state, { report, signal }) => {
  const { job, lock, record, run, sent } = state;
  const port = required(job.destinations[step.destination], 'destination');
  await lock.confirm();
  if (step.details === true) {
    await record.delivered(step.destination, await describe(job, port, step.target, signal));
    return {};
  }
  const delivery = deliveryOf(state);
  const takesRows = job.plan.destinations[step.destination]?.action === 'update';
  const { size } = (takesRows ? delivery.inside : undefined) ?? delivery;
  const written = await port.write(delivery, {
    ...bytesProgress(report, size),
    signal,
    places: run.places,
    waiting: (text) => report({ waiting: text }),
    draining: run.draining,
    last: getOwn(job.seen.record?.destinations, step.target),
    sent: sent.get(step.destination),
    confirm: () => lock.confirm(),
    note: (note) => record.sent(step.destination, note),
    taken: (taken) => record.delivered(step.destination, taken),
  });
  if (written.delivered !== undefined) await record.delivered(step.destination, written.delivered);
  state.remarks.set(step.destination, written);
  return { bytes: written.size };
};

function deliveryOf({ job, built, packed }: RunState): BuiltExtract {
  return packed ?? (job.pipeline.template === undefined ? built : undefined) ?? recordedFile.delivery(job);
}

/** Sets the details of a destination whose content is right and which is only described differently. */
function describe(
  { seen }: Job,
  port: DestinationPort,
  target: string,
  signal: AbortSignal,
): Promise<Delivered> {
  const last = required(seen.record?.destinations[target], `record of ${target}`);
  return required(port.describe?.(last, signal), `description of ${target}`);
}
