import { counted } from '../../model/base/numbers.ts';
import type { Change } from '../../model/plan/change.ts';
import type { DestinationPlan } from '../../model/plan/destination-plan.ts';
import type { PipelinePlan, RelationshipEndPlan, TemplatePlan } from '../../model/plan/plan.ts';
import type { ReplacedConnection } from '../../model/world/observation.ts';
import { costsOf, publicationText } from './amounts.ts';
import { withFolder } from './folder-name.ts';
import { beforeAfter, viewTable } from './table.ts';
import type { DestinationView, Mark, PipelineView, RelationshipEndView, TemplateView } from './plan-view.ts';
import { verdictOf } from './verdict.ts';

export function viewPipeline(plan: PipelinePlan): PipelineView {
  const { address, file, tags, because, action, blockedBy, changes, steps } = plan;
  return {
    address,
    file,
    tags,
    verdict: verdictOf(plan),
    because: withFolder(address, because),
    mark: markOfPipeline(plan),
    extract: extractMarks[action],
    blockedBy,
    // A pipeline that an error blocks is shown too, as far as it could be planned.
    hasDiff: action === 'blocked' ? changes.length > 0 : action !== 'none',
    listsTables: action !== 'deliver' && action !== 'record',
    pipelineChanges: pipelineChanges(plan).map((change) => ({
      subject: change.subject,
      change: beforeAfter(change),
      reason: change.reason,
    })),
    tables: plan.tables.map((table) => viewTable(plan, table)),
    relationships: (plan.relationships ?? []).map(({ from, to }) => ({
      from: viewEnd(from),
      to: viewEnd(to),
    })),
    template: viewTemplate(plan),
    destinations: plan.destinations.map(viewDestination),
    costs: costsOf(plan),
    steps,
  };
}

const extractMarks: Record<PipelinePlan['action'], Mark> = {
  create: 'new',
  rebuild: 'changed',
  blocked: 'changed',
  deliver: 'unchanged',
  record: 'unchanged',
  none: 'unchanged',
};

/** Returns what will become of a pipeline. */
export function markOfPipeline({ action, blockedBy }: PipelinePlan): Mark {
  if (blockedBy !== undefined || action === 'blocked') return 'blocked';
  return action === 'create' ? 'new' : action === 'none' ? 'unchanged' : 'changed';
}

function pipelineChanges({ address, changes }: PipelinePlan): Change[] {
  return changes.filter(
    (change) =>
      change.address === address &&
      change.subject !== 'table' &&
      (change.subject !== 'template' || change.act === 'remove'),
  );
}

function viewEnd({ table, columns }: RelationshipEndPlan): RelationshipEndView {
  const [only = '', ...others] = columns;
  return { table, text: others.length === 0 ? `${table}.${only}` : `${table}.(${columns.join(', ')})` };
}

const templateMarks = { create: 'new', change: 'changed', unchanged: 'unchanged' } as const;

function viewTemplate({ template, steps }: PipelinePlan): TemplateView | undefined {
  if (template === undefined) return undefined;
  const { shown, action, reason, misfits, replaced } = template;
  const isPackaged = steps.some(({ kind }) => kind === 'package');
  return {
    shown,
    mark: templateMarks[action],
    reason,
    misfits: misfits === 0 ? '' : counted(misfits, 'misfit'),
    files: isPackaged ? viewFiles(template) : [],
    replaced: replaced === undefined || !isPackaged ? [] : replacedLines(replaced),
  };
}

/** The connection first, then the tables that have another name, or are made of more than a table. */
function replacedLines({ connections, tables }: ReplacedConnection): string[] {
  const what = `live connection to ${connections.join(' and ')} replaced by the extract`;
  const others = tables.filter(({ from, to }) => from.split('.').at(-1) !== to);
  return [
    `${what}: ${counted(tables.length, 'table')}`,
    ...others.map(({ from, to }) => `${from} replaced by table "${to}"`),
  ];
}

function viewFiles({ unnamed, untouched = [] }: TemplatePlan): TemplateView['files'] {
  const { files = [], kept = false } = unnamed ?? {};
  return [
    ...untouched.map(({ file, dataSource }) => ({
      text: `leaves "${file}" as it is`,
      reason: dataSource === undefined ? 'it is another extract' : `it is the extract of "${dataSource}"`,
    })),
    ...files.map((file) => ({
      text: `${kept ? 'keeps' : 'leaves out'} "${file}"`,
      reason: 'its data source does not name it',
    })),
  ];
}

function viewDestination(plan: DestinationPlan): DestinationView {
  const { target, action, reason, type } = plan;
  return {
    target,
    mark: action === 'unchanged' ? 'unchanged' : action === 'create' ? 'new' : 'changed',
    verb: type === 'tableau' ? 'publish' : 'write',
    what: type === 'tableau' ? publicationText(plan) : action,
    reason,
  };
}
