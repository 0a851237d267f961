import { bytes, counted } from '../model/base/numbers.ts';
import type { Step } from '../model/plan/step.ts';
import { outcomeWords, type Outcome } from './outcomes.ts';
import { printable } from './text-width.ts';

/** The progress of a load, in the shape that apply/ reports. */
export interface ProgressNumbers {
  bytes: number;
  seconds: number;
  rows?: number;
  totalRows?: number;
  totalBytes?: number;
  doing?: string;
}

/** `1 200 000 rows, 31.4 MB, 12.3 MB/s, 42 %, 5 s left`, or what the step does and for how long. What is not known is left out. */
export function renderProgress({
  bytes: done,
  seconds,
  rows,
  totalRows,
  totalBytes,
  doing,
}: ProgressNumbers): string {
  const hasNumbers = done > 0 || (rows ?? totalRows ?? totalBytes) !== undefined;
  if (doing !== undefined || !hasNumbers)
    return [...(doing === undefined ? [] : [doing]), `${Math.floor(seconds)} s`].join(', ');
  const rate = seconds > 0 ? done / seconds : 0;
  const share = shareDone(rows, totalRows) ?? shareDone(done, totalBytes);
  const left = share === undefined || share === 0 ? undefined : (seconds * (1 - share)) / share;
  return [
    ...(rows === undefined ? [] : [counted(rows, 'row')]),
    bytes(done),
    ...(seconds >= 0.5 ? [`${bytes(rate)}/s`] : []),
    ...(share === undefined ? [] : [`${Math.floor(share * 100)} %`]),
    ...(left === undefined || seconds < 2 ? [] : [`${Math.ceil(left)} s left`]),
  ].join(', ');
}

/** Returns the share that is done. Totals are often estimates: above them the result is undefined. */
function shareDone(done: number | undefined, total: number | undefined): number | undefined {
  if (done === undefined || total === undefined || total <= 0 || done > total) return undefined;
  return done / total;
}

/** Returns the description of a step for the terminal. */
export function renderStep(step: Step): string {
  return printable(stepLabel(step));
}

function stepLabel(step: Step): string {
  switch (step.kind) {
    case 'snapshot':
      return 'open sources';
    case 'create':
      return step.base === undefined ? 'create extract' : 'copy extract';
    case 'load':
      return `${step.table} › load`;
    case 'change':
      return `${step.table} › change`;
    case 'check':
      return 'check';
    case 'finish':
      return 'finish extract';
    case 'package':
      return `pack, template ${step.template}`;
    case 'deliver':
      return step.details === true ? `describe ${step.target}` : `write ${step.target}`;
    case 'record':
      return 'record state';
    case 'delete':
      return `delete ${step.target}`;
    case 'forget':
      return 'forget state';
  }
}

/** One line for logs: `superstore › orders › load 1 200 000 rows 31.4 MB`. */
export function renderEventLine(address: string, step: Step | undefined, text: string): string {
  const head = [address, ...(step === undefined ? [] : [stepLabel(step)])].join(' › ');
  return printable([head, text].filter(Boolean).join(' '));
}

/** The end of a pipeline: what was read, where something was, and whether that was nothing new. */
export interface PipelineEnd {
  outcome: Outcome;
  seconds: number;
  read: { rows: number; bytes: number } | undefined;
  isNothingNew: boolean;
}

/** One line for logs: `superstore: applied in 4.1 s, 1 200 000 rows, 31.4 MB`. */
export function renderEndLine(
  address: string,
  { outcome, seconds, read, isNothingNew }: PipelineEnd,
): string {
  // Removing a record takes no time worth a word.
  const took = outcome === 'forgotten' ? '' : ` in ${seconds.toFixed(1)} s`;
  const facts = [
    `${outcomeWords[outcome]}${took}`,
    ...(read === undefined ? [] : [counted(read.rows, 'row'), bytes(read.bytes)]),
    ...(isNothingNew ? ['nothing new'] : []),
  ];
  return printable(`${address}: ${facts.join(', ')}`);
}
