import pc from 'picocolors';
import { grouped } from '../model/base/numbers.ts';
import type { Step } from '../model/plan/step.ts';
import { renderStep } from './progress.ts';
import { columnsOf, head, printable } from './text-width.ts';

/** An apply while it runs, as it is drawn on a terminal. */
export interface ProgressView {
  seconds: number;
  /** The pipelines by what has become of them; together they are all. */
  counts: { done: number; running: number; waiting: number; failed: number; interrupted: number };
  /** In the order in which they began. */
  running: readonly RunningView[];
  /** In the order in which they failed. */
  failed: readonly { address: string; step?: Step; message: string }[];
}

export interface RunningView {
  address: string;
  /** The number of steps that have ended, and of all. */
  ended: number;
  steps: number;
  /** The steps that run now, with how far they are. */
  at: readonly { step: Step; text: string }[];
}

export interface Frame {
  columns: number;
  rows: number;
  color: boolean;
  /** Counts the frames, for the sign that turns. */
  turn: number;
}

type Paint = ReturnType<typeof pc.createColors>;

const turning = Array.from('⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏');

/**
 * Returns the lines of a frame: one that counts every pipeline, and below it those that run and those that have failed.
 * No line is wider than the terminal, and with the line of the cursor they are no more than it has.
 */
export function renderFrame(view: ProgressView, frame: Frame): string[] {
  const paint = pc.createColors(frame.color);
  const widest = Math.max(frame.columns - 1, 1);
  const room = Math.max(frame.rows - 2, 1);
  const { counts, running, failed } = view;
  const failures = failed.map((one) => failureOf(one));
  const inDetail = running.flatMap(inLines);
  const lines =
    inDetail.length + failures.length <= room
      ? [...inDetail, ...failures]
      : fitting(running.map(inOneLine), failures, room);
  const drawn = lines.map((line) => drawLine(line, { ...frame, paint, widest, pad: padOf(lines, widest) }));
  return [drawSummary(counts, view.seconds, widest, paint), ...drawn];
}

/** `12 of 30 done · 4 running · 14 waiting · 0 failed   00:14`. */
function drawSummary(counts: ProgressView['counts'], seconds: number, widest: number, paint: Paint): string {
  const { done, running, waiting, failed, interrupted } = counts;
  const all = done + running + waiting + failed + interrupted;
  const parts = [
    `${grouped(done)} of ${grouped(all)} done`,
    `${grouped(running)} running`,
    `${grouped(waiting)} waiting`,
    `${grouped(failed)} failed`,
    ...(interrupted > 0 ? [`${grouped(interrupted)} interrupted`] : []),
  ];
  const plain = head(`${parts.join(' · ')}   ${clock(seconds)}`, widest);
  return failed > 0 ? plain.replace(parts[3] ?? '', (text) => paint.red(text)) : plain;
}

/** `00:14`, `1:02:03`. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return whole < 3600 ? minutes : `${Math.floor(whole / 3600)}:${minutes}`;
}

/** A line below the first: a pipeline with its sign, a step of the pipeline above it, or how many there are more. */
interface Line {
  sign: 'running' | 'failed' | 'step' | 'more';
  name: string;
  text: string;
}

/** Returns a pipeline with a line of its own for each step where several run at once. */
function inLines(one: RunningView): Line[] {
  if (one.at.length < 2) return [inOneLine(one)];
  return [
    { sign: 'running', name: one.address, text: countOf(one) },
    ...one.at.map((at): Line => ({ sign: 'step', name: '', text: stepOf(at) })),
  ];
}

function inOneLine(one: RunningView): Line {
  const [first, ...others] = one.at;
  const step = first === undefined ? [] : [stepOf(first)];
  const more = others.length === 0 ? [] : [`(+${others.length} more)`];
  return { sign: 'running', name: one.address, text: [countOf(one), ...step, ...more].join('  ') };
}

const countOf = ({ ended, steps }: RunningView) => `${ended}/${steps}`;

const stepOf = ({ step, text }: RunningView['at'][number]) =>
  [renderStep(step), text].filter(Boolean).join('  ');

function failureOf({ address, step, message }: ProgressView['failed'][number]): Line {
  const text = [...(step === undefined ? [] : [renderStep(step)]), message].join(': ');
  return { sign: 'failed', name: address, text };
}

/** Returns as many of the lines as there is room for; of what is running, and the failures last, the rest is counted. */
function fitting(running: readonly Line[], failed: readonly Line[], room: number): Line[] {
  if (running.length + failed.length <= room) return [...running, ...failed];
  const shown = room - 1;
  const run = running.slice(0, shown);
  // The latest failure is news; the first ones have been seen.
  const lost = shown > run.length ? failed.slice(run.length - shown) : [];
  const counts = [
    ...(running.length > run.length ? [`${grouped(running.length - run.length)} more running`] : []),
    ...(failed.length > lost.length ? [`${grouped(failed.length - lost.length)} more failed`] : []),
  ];
  return [...run, ...lost, { sign: 'more', name: '', text: counts.join(', ') }];
}

/** Returns the width of the column of names: as wide as the widest, and at most a third of the line. */
function padOf(lines: readonly Line[], widest: number): number {
  const widths = lines.map(({ name }) => columnsOf(printable(name)));
  return Math.min(Math.max(0, ...widths), Math.floor(widest / 3));
}

function drawLine(
  { sign, name, text }: Line,
  { paint, turn, widest, pad }: { paint: Paint; turn: number; widest: number; pad: number },
): string {
  const signs = {
    running: () => paint.cyan(turning[turn % turning.length] ?? ''),
    failed: () => paint.red('✖'),
    step: () => ' ',
    more: () => paint.dim('…'),
  };
  const shown = head(printable(name), pad);
  const column = sign === 'more' ? '' : `${shown}${' '.repeat(pad - columnsOf(shown))}  `;
  return `${signs[sign]()} ${head(`${column}${printable(text)}`, widest - 2)}`;
}
