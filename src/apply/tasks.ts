import { Listr, ListrLogger, ProcessOutput, type ListrTask } from 'listr2';
import type { Step } from '../model/plan/step.ts';
import { limitConcurrency, type Limit } from '../model/base/limit.ts';
import type { PipelineRun } from './conduct.ts';

/** What of a step is shown while it runs. */
export interface Words {
  title(address: string, step: Step): string;
}

/**
 * listr2's view of a plan. It has no dependency graph, so the steps of a pipeline are laid out in stages by depth, each
 * waiting for the one before; within a stage they run side by side. Pipelines fail on their own. No task rejects the
 * list: outcomes are in the conducts, listr2 only draws.
 */
export async function runTasks(
  runs: readonly PipelineRun[],
  settings: { parallel: number; terminal: NodeJS.WriteStream | undefined; words: Words },
): Promise<void> {
  const tableTurn = limitConcurrency(settings.parallel);
  const ends = new Map(runs.map(({ address }) => [address, ending()]));
  // Whatever is waited for has begun before: with few pipelines at once none waits for one that may not begin.
  const tasks = inOrder(runs).map((run): ListrTask => ({
    title: run.address,
    task: (_, task) =>
      task.newListr(
        [
          {
            async task() {
              await Promise.all(run.after.flatMap((address) => ends.get(address)?.ended ?? []));
              await run.begin();
            },
          },
          ...stages(run.steps).map((stage) => stageTask(run, stage, tableTurn, settings.words)),
          { task: () => run.end().finally(() => ends.get(run.address)?.end()) },
        ],
        { concurrent: false, exitOnError: false },
      ),
  }));
  const options = {
    concurrent: settings.parallel,
    exitOnError: false,
    registerSignalListeners: false,
  } as const;
  if (settings.terminal === undefined) {
    await new Listr(tasks, { ...options, renderer: 'silent' }).run();
    return;
  }
  // Progress belongs to stderr; listr2 would write to stdout.
  const processOutput = new ProcessOutput(settings.terminal, settings.terminal);
  await new Listr(tasks, {
    ...options,
    renderer: 'default',
    rendererOptions: {
      logger: new ListrLogger({ processOutput }),
      collapseSubtasks: true,
      collapseErrors: true,
    },
  }).run();
}

function stageTask(run: PipelineRun, stage: readonly Step[], tableTurn: Limit, words: Words): ListrTask {
  const [only] = stage;
  if (only !== undefined && stage.length === 1) return stepTask(run, only, tableTurn, words);
  return {
    title: `${stage.length} at once`,
    skip: () => run.failed,
    task: (_, task) =>
      task.newListr(
        stage.map((step) => stepTask(run, step, tableTurn, words)),
        { concurrent: true, exitOnError: false },
      ),
  };
}

function stepTask(run: PipelineRun, step: Step, tableTurn: Limit, words: Words): ListrTask {
  return {
    title: words.title(run.address, step),
    skip: () => run.failed,
    task: (_, task) => {
      const perform = () => run.perform(step, (text) => (task.output = text));
      return readsTable(step) ? tableTurn(perform) : perform();
    },
  };
}

/** Steps that take a connection to a source and one to hyperd, of which `limits.parallel` allows so many. */
const readsTable = ({ kind }: Step) => kind === 'load' || kind === 'change';

function ending(): { ended: Promise<void>; end: () => void } {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { ended, end };
}

/** Orders pipelines so that each comes after those that it waits for; no two wait for each other. */
function inOrder(runs: readonly PipelineRun[]): PipelineRun[] {
  const known = new Map(runs.map((run) => [run.address, run]));
  const depthOf = ({ after }: PipelineRun): number => {
    const depths = after.flatMap((address) => {
      const before = known.get(address);
      return before === undefined ? [] : depthOf(before);
    });
    return Math.max(-1, ...depths) + 1;
  };
  return runs
    .map((run) => ({ conduct: run, depth: depthOf(run) }))
    .sort((one, other) => one.depth - other.depth)
    .map(({ conduct: run }) => run);
}

/** Steps by depth: a step stands one stage after the latest of those it waits for. */
export function stages(steps: readonly Step[]): Step[][] {
  const depths = new Map<string, number>();
  const laid: Step[][] = [];
  for (const step of steps) {
    const depth = Math.max(-1, ...step.after.map((id) => depths.get(id) ?? -1)) + 1;
    depths.set(step.id, depth);
    (laid[depth] ??= []).push(step);
  }
  return laid;
}
