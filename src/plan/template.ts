import type { Observation } from '../model/observation.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { Change, TemplatePlan } from '../model/plan.ts';

/** What comes of a pipeline's template; nothing where it has none and had none. */
export interface PlannedTemplate {
  plan?: TemplatePlan;
  /** At most one. */
  changes: Change[];
  /** The staged package is there and is what was packed last. */
  stands: boolean;
}

export function planTemplate(pipeline: Pipeline, { template: seen, applied }: Observation): PlannedTemplate {
  const { template: wanted, address } = pipeline;
  const last = applied?.template;
  const change = (act: Change['act'], category: Change['category'], reason: string): Change => ({
    address,
    subject: 'template',
    act,
    category,
    reason,
  });
  if (wanted === undefined) {
    const gone =
      last === undefined
        ? []
        : [
            change(
              'remove',
              'breaking',
              'no template any more: its captions and calculations will be missing',
            ),
          ];
    return { changes: gone, stands: false };
  }
  if (seen === undefined) throw new Error(`the template of ${address} was not observed`);
  const { shown, compression } = wanted;
  const { sha256, misfits } = seen;
  const errors = misfits.filter(({ severity }) => severity === 'error').length;
  const plan = (action: TemplatePlan['action'], reason: string): TemplatePlan => ({
    shown,
    sha256,
    action,
    reason,
    misfits: errors,
  });
  if (last === undefined) {
    const reason = applied === undefined ? 'not packed yet' : 'a template was added';
    const category = applied === undefined ? 'create' : 'metadata';
    return {
      plan: plan('create', reason),
      changes: [change('create', category, reason)],
      stands: false,
    };
  }
  const name = wanted.kind === 'file' ? `template ${shown}` : 'the generated template';
  const reason = whyChanged(last, { name, shown, sha256, compression });
  if (reason !== undefined) {
    const changes = [change('change', 'metadata', reason)];
    return { plan: plan('change', reason), changes, stands: false };
  }
  const { staged } = seen;
  const stands = staged?.size === last.size && staged.modified === last.modified;
  return { plan: plan('unchanged', 'unchanged'), changes: [], stands };
}

interface Identity {
  shown: string;
  sha256: string;
  compression: string;
}

function whyChanged(last: Identity, now: Identity & { name: string }): string | undefined {
  if (last.sha256 !== now.sha256) {
    return last.shown === now.shown ? `${now.name} changed` : `${now.name} in the place of ${last.shown}`;
  }
  return last.compression === now.compression
    ? undefined
    : `compression ${last.compression} -> ${now.compression}`;
}
