import type { Diagnostic } from '../model/diagnostic.ts';
import type { AppliedTemplate, Misfit, Observation, TemplateObservation } from '../model/observation.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { Change, TemplatePlan } from '../model/plan.ts';

/** What comes of a pipeline's template; nothing where it has none and had none. */
export interface PlannedTemplate {
  plan?: TemplatePlan;
  /** At most one. */
  changes: Change[];
  /** The staged package is there and is what was packed last. */
  stands: boolean;
  findings: readonly Diagnostic[];
}

export function planTemplate(
  pipeline: Pipeline,
  { template: seen, applied }: Observation,
  allowMisfit: boolean,
): PlannedTemplate {
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
    return { changes: gone, stands: false, findings: [] };
  }
  if (seen === undefined) throw new Error(`the template of ${address} was not observed`);
  const { shown, compression } = wanted;
  const { sha256, misfits } = seen;
  const errors = misfits.filter(({ severity }) => severity === 'error');
  const before = acceptedBefore(last, seen);
  const accepted = errors.map(({ identity }) => identity).filter((one) => allowMisfit || before.has(one));
  const plan = (action: TemplatePlan['action'], reason: string): TemplatePlan => ({
    shown,
    sha256,
    action,
    reason,
    misfits: errors.length,
    ...(accepted.length > 0 && { accepted }),
  });
  const findings = misfits.map((misfit) => findingOf(misfit, accepted, before));
  if (last === undefined) {
    const reason = applied === undefined ? 'not packed yet' : 'a template was added';
    const category = applied === undefined ? 'create' : 'metadata';
    return {
      plan: plan('create', reason),
      changes: [change('create', category, reason)],
      stands: false,
      findings,
    };
  }
  const name = wanted.kind === 'file' ? `template ${shown}` : 'the generated template';
  const reason = whyChanged(last, { name, shown, sha256, compression });
  if (reason !== undefined) {
    const changes = [change('change', 'metadata', reason)];
    return { plan: plan('change', reason), changes, stands: false, findings };
  }
  const { staged } = seen;
  const stands = staged?.size === last.size && staged.modified === last.modified;
  return { plan: plan('unchanged', 'unchanged'), changes: [], stands, findings };
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

/** Who has accepted misfits of a template has not accepted those of another one. */
function acceptedBefore(last: AppliedTemplate | undefined, { sha256 }: TemplateObservation): Set<string> {
  return new Set(last?.sha256 === sha256 ? last.accepted : []);
}

/** What is accepted is a warning. */
function findingOf(
  { identity, ...finding }: Misfit,
  accepted: readonly string[],
  before: ReadonlySet<string>,
): Diagnostic {
  if (finding.severity !== 'error' || !accepted.includes(identity)) return finding;
  const hint = before.has(identity) ? { hint: 'accepted before, with --allow-misfit' } : {};
  return { ...finding, severity: 'warning', ...hint };
}
