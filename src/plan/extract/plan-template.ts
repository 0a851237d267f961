import type { AppliedTemplate } from '../../model/world/applied-record.ts';
import type { Observation, TemplateObservation } from '../../model/world/observation.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Template } from '../../model/config/template.ts';
import type { Change } from '../../model/plan/change.ts';
import type { TemplatePlan } from '../../model/plan/plan.ts';

/** The plan for a pipeline's template; empty if it has none and had none. */
export interface PlannedTemplate {
  plan?: TemplatePlan;
  /** One change or none. */
  changes: Change[];
  /** True if the staged package exists and is the one that was packed last. */
  isCurrent: boolean;
}

/** Plans a template: it is removed, packed for the first time, packed again, or unchanged. */
export function planTemplate(pipeline: Pipeline, { template: seen, applied }: Observation): PlannedTemplate {
  const { template: wanted, address } = pipeline;
  const last = applied?.template;
  if (wanted === undefined) return planRemoved(address, last);
  if (seen === undefined) throw new Error(`the template of ${address} was not observed`);
  const isLeft = applied?.pending?.package === true;
  if (last === undefined) {
    const reason = isLeft ? notPacked : applied === undefined ? 'not packed yet' : 'a template was added';
    const category = applied === undefined || isLeft ? 'create' : 'metadata';
    return planPacking(wanted, seen, templateChange(address, 'create', category, reason));
  }
  const changed = whyChanged(last, identityOf(wanted, asRecorded(seen, last)));
  if (changed !== undefined)
    return planPacking(wanted, seen, templateChange(address, 'change', 'metadata', changed));
  if (isLeft) return planPacking(wanted, seen, templateChange(address, 'change', 'data', notPacked));
  const { staged, unnamed } = seen;
  const isSame = staged?.size === last.size && staged.modified === last.modified;
  // A package of a version that kept such files is not delivered again, but it is not rebuilt for their sake either.
  const isCurrent = isSame && (unnamed === undefined || last.unnamed === fate(unnamed));
  return { plan: templatePlan(wanted, seen, 'unchanged', 'unchanged'), changes: [], isCurrent };
}

function planRemoved(address: string, last: AppliedTemplate | undefined): PlannedTemplate {
  const reason = 'the template was removed: its captions and calculations will be missing';
  const changes = last === undefined ? [] : [templateChange(address, 'remove', 'breaking', reason)];
  return { changes, isCurrent: false };
}

function planPacking(
  wanted: Template,
  seen: TemplateObservation,
  change: Change & { act: 'create' | 'change' },
): PlannedTemplate {
  return {
    plan: templatePlan(wanted, seen, change.act, change.reason),
    changes: [change],
    isCurrent: false,
  };
}

function templateChange<Act extends Change['act']>(
  address: string,
  act: Act,
  category: Change['category'],
  reason: string,
): Change & { act: Act } {
  return { address, subject: 'template', act, category, reason };
}

function templatePlan(
  { shown }: Template,
  { sha256, misfits, unnamed, replaced, chosen, untouched }: TemplateObservation,
  action: TemplatePlan['action'],
  reason: string,
): TemplatePlan {
  const errors = misfits.filter(({ severity }) => severity === 'error');
  return {
    shown,
    sha256,
    action,
    reason,
    misfits: errors.length,
    ...(errors.length > 0 && { unfit: errors.map(({ identity }) => identity) }),
    ...(unnamed && { unnamed }),
    ...(replaced && { replaced }),
    ...(chosen !== undefined && { chosen }),
    ...(untouched && { untouched }),
  };
}

/** A package whose document an earlier version generated from the same configuration is not packed again for that. */
const asRecorded = (seen: TemplateObservation, last: AppliedTemplate): TemplateObservation =>
  seen.earlier === last.sha256 ? { ...seen, sha256: last.sha256 } : seen;

const notPacked = 'the last run built the extract and did not pack it';

interface Identity {
  shown: string;
  sha256: string;
  compression: string;
  unnamed?: AppliedTemplate['unnamed'];
  chosen?: string;
}

/** Returns what happens to files that the data source of a template does not name, in the form that is recorded. */
export const fate = ({ kept }: { kept: boolean }) => (kept ? 'kept' : 'left out');

function identityOf(
  { kind, shown, compression }: Template,
  { sha256, unnamed, chosen }: TemplateObservation,
): Identity & { name: string } {
  const name = kind === 'file' ? `template ${shown}` : 'the generated template';
  return {
    name,
    shown,
    sha256,
    compression,
    ...(unnamed && { unnamed: fate(unnamed) }),
    ...(chosen !== undefined && { chosen }),
  };
}

function whyChanged(last: Identity, now: Identity & { name: string }): string | undefined {
  if (last.sha256 !== now.sha256) {
    return last.shown === now.shown ? `${now.name} changed` : `${now.name} in the place of ${last.shown}`;
  }
  if (last.compression !== now.compression) return `compression ${last.compression} -> ${now.compression}`;
  if (last.chosen !== now.chosen)
    return `the extract goes into ${now.chosen ?? 'the only one'} instead of ${last.chosen ?? 'the only one'}`;
  // A record without this field is from a version that kept them: the next build for another reason leaves them out.
  if (last.unnamed === undefined || now.unnamed === undefined || last.unnamed === now.unnamed)
    return undefined;
  return `unnamed files ${last.unnamed} -> ${now.unnamed}`;
}

/** Returns the identities of the misfits that were accepted. Acceptance holds for one template only. */
export function acceptedBefore(
  last: AppliedTemplate | undefined,
  { sha256 }: TemplateObservation,
): ReadonlySet<string> {
  return new Set(last?.sha256 === sha256 ? last.accepted : []);
}
