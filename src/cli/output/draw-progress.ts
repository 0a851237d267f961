import {
  Listr,
  ListrLogger,
  ProcessOutput,
  type ListrDefaultRendererLogLevels,
  type ListrTask,
  type ListrTaskWrapper,
} from 'listr2';
import type { ApplyEvent, Listener } from '../../apply/events.ts';
import type { Step } from '../../model/plan/step.ts';
import { renderProgress, renderStep } from '../../render/progress.ts';

/** A pipeline as it is drawn. */
export interface DrawnPipeline {
  address: string;
  steps: readonly Step[];
}

export interface Drawing {
  listener: Listener;
  /** Resolves when the last line is drawn; every pipeline must have reported `done` or never began. */
  end(): Promise<void>;
}

/**
 * Draws an apply with listr2, which knows no graph of steps: they are laid out in stages by depth. It decides nothing; each
 * of its tasks only waits for the event that ends it. Groups are drawn one after the other, `parallel` pipelines at once.
 */
export function drawProgress(
  groups: readonly (readonly DrawnPipeline[])[],
  { terminal, parallel }: { terminal: NodeJS.WriteStream; parallel: number },
): Drawing {
  const cells = new Map(groups.flat().map((pipeline) => [pipeline.address, new PipelineCells(pipeline)]));
  // Progress belongs to stderr; listr2 would write to stdout.
  const processOutput = new ProcessOutput(terminal, terminal);
  const draw = async (group: readonly DrawnPipeline[]) => {
    const tasks = group.flatMap(({ address }) => cells.get(address)?.task() ?? []);
    await new Listr(tasks, {
      concurrent: parallel,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: 'default',
      rendererOptions: {
        logger: new ListrLogger<ListrDefaultRendererLogLevels>({ processOutput }),
        collapseSubtasks: true,
        collapseErrors: true,
      },
    }).run();
  };
  const drawn = groups
    .filter((group) => group.length > 0)
    .reduce((before, group) => before.then(() => draw(group)), Promise.resolve());
  return {
    listener: (event) => cells.get(event.address)?.take(event),
    async end() {
      for (const one of cells.values()) one.close();
      await drawn;
    },
  };
}

type Drawn = Pick<ListrTaskWrapper<unknown, never, never>, 'output'>;

/** The lines that listr2 shows of one pipeline: its lock, and each step. */
class PipelineCells {
  readonly #pipeline: DrawnPipeline;
  readonly #begun = new Ending();
  readonly #steps: ReadonlyMap<string, { ending: Ending; drawn?: Drawn }>;
  #isOver = false;

  constructor(pipeline: DrawnPipeline) {
    this.#pipeline = pipeline;
    this.#steps = new Map(pipeline.steps.map(({ id }) => [id, { ending: new Ending() }]));
  }

  task(): ListrTask {
    const { address, steps } = this.#pipeline;
    return {
      title: address,
      task: (_, task) =>
        task.newListr(
          [{ task: () => this.#begun.promise }, ...stages(steps).map((stage) => this.#stageTask(stage))],
          { concurrent: false, exitOnError: false },
        ),
    };
  }

  take(event: ApplyEvent): void {
    const cell = 'step' in event ? this.#steps.get(event.step.id) : undefined;
    switch (event.type) {
      case 'began':
        return;
      case 'started':
        this.#begun.resolve();
        return;
      case 'progress':
        if (cell?.drawn !== undefined) cell.drawn.output = renderProgress(event.progress);
        return;
      case 'waiting':
        if (cell?.drawn !== undefined) cell.drawn.output = event.text;
        return;
      case 'ended':
        cell?.ending.resolve();
        return;
      case 'failed':
        this.#isOver = true;
        (cell?.ending ?? this.#begun).reject(event.error);
        return;
      case 'done':
        this.close();
    }
  }

  /** Ends whatever has not ended: the steps that were skipped. */
  close(): void {
    this.#isOver = true;
    this.#begun.resolve();
    for (const { ending } of this.#steps.values()) ending.resolve();
  }

  #stageTask(stage: readonly Step[]): ListrTask {
    const [only] = stage;
    if (only !== undefined && stage.length === 1) return this.#stepTask(only);
    return {
      title: `${stage.length} at once`,
      skip: () => this.#isOver,
      task: (_, task) =>
        task.newListr(
          stage.map((step) => this.#stepTask(step)),
          { concurrent: true, exitOnError: false },
        ),
    };
  }

  #stepTask(step: Step): ListrTask {
    const cell = this.#steps.get(step.id);
    return {
      title: renderStep(step),
      skip: () => this.#isOver && cell?.ending.isSettled !== true,
      task: (_, task) => {
        if (cell === undefined) return;
        cell.drawn = task;
        return cell.ending.promise;
      },
    };
  }
}

/** A promise that an event settles, once. It may be rejected before listr2 awaits it. */
class Ending {
  readonly promise: Promise<void>;
  isSettled = false;
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.promise.catch(() => undefined);
  }

  resolve(): void {
    this.isSettled = true;
    this.#settle?.resolve();
  }

  reject(error: unknown): void {
    this.isSettled = true;
    this.#settle?.reject(error);
  }
}

/** Returns steps by depth: a step is one stage after the latest of those it waits for. */
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
