import { isItem } from '../../model/config/family.ts';
import { counted } from '../../model/base/numbers.ts';
import type { ForgottenPipeline, Gate, PipelinePlan, Plan } from '../../model/plan/plan.ts';
import { countIdle, foldForgotten, foldGates, foldPipelines, moreLike, type Folded } from '../fold.ts';
import {
  amountsOf,
  countsOf,
  distinctGates,
  forgottenCount,
  deletedVerdict,
  forgottenVerdict,
  gateText,
  isFlag,
  isQuiet,
  quietTextOf,
  unseenText,
  verdictOf,
} from '../plan-words.ts';
import { renderDetails } from './details.ts';
import { clip, code, plain } from './escape.ts';
import { mostInComment, startPage, type Page } from './page.ts';

/**
 * The plan for a comment on a pull request or a job summary: what matters most first, at most `most` characters, and
 * what did not fit is counted at the end. The first line is hidden; a workflow finds its comment by it.
 */
export function renderMarkdown(plan: Plan, most = mostInComment): string {
  const page = startPage(most);
  page.add(['<!-- extracts plan -->', '## extracts plan', '']);
  page.add([...headline(plan), '']);
  const unseen = unseenText(plan);
  if (unseen.length > 0) page.add([...unseen.map(plain), '']);
  addGates(page, plan);
  const ordered = plan.pipelines.filter(({ action }) => action !== 'none').toSorted(byUrgency(plan));
  const folded = foldPipelines(ordered);
  addPipelines(page, folded, plan.forgotten);
  addUnchanged(page, plan.pipelines);
  page.addAll(
    'the details of',
    'pipeline',
    folded
      .flatMap((part) => ('one' in part ? [renderDetails(part.one)] : []))
      .filter((lines) => lines.length > 0),
  );
  return page.end('run `extracts plan` to see all of it');
}

function headline(plan: Plan): string[] {
  if (isQuiet(plan)) return [`**No changes.** ${quietTextOf(plan)}`];
  const { blocked } = plan.summary;
  const counts = [...countsOf(plan), ...(blocked > 0 ? [`${blocked} blocked`] : []), ...forgottenCount(plan)];
  const amounts = amountsOf(plan);
  return [`**Plan:** ${counts.join(', ')}.`, ...(amounts === '' ? [] : ['', `**Data:** ${plain(amounts)}.`])];
}

function addGates(page: Page, { gates, pipelines }: Plan): void {
  const shown = distinctGates(gates).toSorted((one, other) => Number(one.open) - Number(other.open));
  const closed = shown.filter(({ open }) => !open);
  if (shown.length === 0) return;
  const alert =
    closed.length === 0
      ? ['> [!WARNING]', '> This run allows what is marked as allowed below.']
      : ['> [!CAUTION]', `> ${blockedText(pipelines)} until this is decided:`];
  page.addTable({
    lead: [...alert, ''],
    head: ['gate', 'where', 'why', 'what opens it'],
    rows: foldGates(shown).map((part) =>
      'one' in part ? gateRow(part.one) : [plain(moreLike(part.more, part.like.address)), '', '', ''],
    ),
    noun: 'gate',
    share: 0.4,
  });
}

function blockedText(pipelines: readonly PipelinePlan[]): string {
  const held = pipelines.filter(({ blockedBy }) => blockedBy === 'gate').length;
  return `${counted(held, 'pipeline')} ${held === 1 ? 'is' : 'are'} blocked`;
}

function gateRow(gate: Gate): string[] {
  const remedy = clip(gate.remedy, 400);
  const way = isFlag(gate) ? code(remedy) : plain(remedy);
  return [
    `**${gateText[gate.kind]}**`,
    code(clip(gate.address, 200)),
    plain(clip(gate.message, 300)),
    gate.open ? 'allowed in this run' : way,
  ];
}

/** Blocked, then those that break something and may, then the rest; among equals the order of the plan. */
function byUrgency({ gates }: Plan): (one: PipelinePlan, other: PipelinePlan) => number {
  const breaking = new Set(gates.filter(({ open }) => open).map(({ pipeline }) => pipeline));
  const rank = ({ blockedBy, address }: PipelinePlan) =>
    blockedBy !== undefined ? 0 : breaking.has(address) ? 1 : 2;
  return (one, other) => rank(one) - rank(other);
}

function addPipelines(
  page: Page,
  pipelines: readonly Folded<PipelinePlan>[],
  forgotten: readonly ForgottenPipeline[],
): void {
  const more = (part: { more: readonly unknown[]; like: { address: string } }) => [
    plain(moreLike(part.more, part.like.address)),
    '',
    '',
  ];
  const rows = [
    ...pipelines.map((part) => ('one' in part ? pipelineRow(part.one) : more(part))),
    ...foldForgotten(forgotten).map((part) => {
      if (!('one' in part)) return more(part);
      const { address, because, deletes } = part.one;
      const verdict = deletes === undefined ? forgottenVerdict : `**${deletedVerdict}**`;
      return [code(clip(address, 200)), verdict, plain(clip(because, 300))];
    }),
  ];
  page.addTable({ lead: [], head: ['pipeline', 'what', 'because'], rows, noun: 'pipeline', share: 0.6 });
}

function pipelineRow(pipeline: PipelinePlan): string[] {
  return [
    code(clip(pipeline.address, 200)),
    pipeline.blockedBy === undefined ? verdictOf(pipeline) : `**${verdictOf(pipeline)}**`,
    plain(clip(pipeline.because, 300)),
  ];
}

/** All in one line, folded when there are many; of a family only how many. */
function addUnchanged(page: Page, pipelines: readonly PipelinePlan[]): void {
  for (const { family, count } of countIdle(pipelines)) page.add([`${code(family)}: ${plain(count)}`, '']);
  const names = pipelines
    .filter(({ action, address }) => action === 'none' && !isItem(address))
    .map(({ address }) => address);
  if (names.length === 0) return;
  const listed = names.map((name) => code(clip(name, 200))).join(', ');
  const line =
    names.length <= 5
      ? `Unchanged: ${listed}`
      : `<details><summary>${counted(names.length, 'unchanged pipeline')}</summary>${listed}</details>`;
  page.addAll('the names of', 'unchanged pipeline', [[line, '']], names.length);
}
