import type { Step } from '../model/plan/step.ts';
import type { ExtractBase } from '../model/ports/extract-port.ts';
import type { Job } from './job.ts';
import { required } from './required.ts';

/** Returns the extract that the new one continues from, wherever it is; undefined if the new one is empty at first. */
export function baseFor(
  job: Job,
  step: Step & { kind: 'create' },
  signal: AbortSignal,
): ExtractBase | undefined {
  if (step.base === undefined) return undefined;
  const { compact } = required(job.seen.record, 'record').extract;
  return { from: origin(job, signal), ...step.base, ...(compact && { compact }) };
}

function origin({ plan, pipeline, template }: Job, signal: AbortSignal): ExtractBase['from'] {
  const { from } = required(plan.base, 'base');
  if (from.kind === 'extract') return { path: pipeline.extract.file };
  const file =
    from.kind === 'package'
      ? pipeline.template?.staged
      : pathOf(pipeline.destinations[from.destination ?? 0]);
  const path = required(file, 'place of the base');
  return template === undefined ? { path } : { unpack: (to) => template.unpack(path, to, signal) };
}

function pathOf(destination: Job['pipeline']['destinations'][number] | undefined): string | undefined {
  return destination?.type === 'file' ? destination.path : undefined;
}
