import { Listr, ListrLogger, ProcessOutput, type ListrTask } from 'listr2';
import type { Step } from '../model/plan.ts';
import { limitTo, type Limit } from '../model/limit.ts';
import type { Conduct } from './conduct.ts';

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
  conducts: readonly Conduct[],
  settings: { parallel: number; terminal: NodeJS.WriteStream | undefined; words: Words },
): Promise<void> {
  const tableTurn = limitTo(settings.parallel);
  const ends = new Map(conducts.map(({ address }) => [address, ending()]));
  // Whatever is waited for has begun before: with few pipelines at once none waits for one that may not begin.
  const tasks = inOrder(conducts).map((conduct): ListrTask => ({
    title: conduct.address,
    task: (_, task) =>
      task.newListr(
        [
          {
            async task() {
              await Promise.all(conduct.after.flatMap((address) => ends.get(address)?.ended ?? []));
              await conduct.begin();
            },
          },
          ...stages(conduct.steps).map((stage) => stageTask(conduct, stage, tableTurn, settings.words)),
          { task: () => conduct.end().finally(() => ends.get(conduct.address)?.end()) },
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

function stageTask(conduct: Conduct, stage: readonly Step[], tableTurn: Limit, words: Words): ListrTask {
  const [only] = stage;
  if (only !== undefined && stage.length === 1) return stepTask(conduct, only, tableTurn, words);
  return {
    title: `${stage.length} at once`,
    skip: () => conduct.failed,
    task: (_, task) =>
      task.newListr(
        stage.map((step) => stepTask(conduct, step, tableTurn, words)),
        { concurrent: true, exitOnError: false },
      ),
  };
}

function stepTask(conduct: Conduct, step: Step, tableTurn: Limit, words: Words): ListrTask {
  return {
    title: words.title(conduct.address, step),
    skip: () => conduct.failed,
    task: (_, task) => {
      const perform = () => conduct.perform(step, (text) => (task.output = text));
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
function inOrder(conducts: readonly Conduct[]): Conduct[] {
  const known = new Map(conducts.map((conduct) => [conduct.address, conduct]));
  const depthOf = ({ after }: Conduct): number => {
    const depths = after.flatMap((address) => {
      const before = known.get(address);
      return before === undefined ? [] : depthOf(before);
    });
    return Math.max(-1, ...depths) + 1;
  };
  return conducts
    .map((conduct) => ({ conduct, depth: depthOf(conduct) }))
    .sort((one, other) => one.depth - other.depth)
    .map(({ conduct }) => conduct);
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
