import { isItem } from '../../model/config/family.ts';
import { counted } from '../../model/base/numbers.ts';
import { keysOf, type Place } from '../../model/errors/diagnostic.ts';
import type { Plan } from '../../model/plan/plan.ts';
import {
  foldGates,
  moreLike,
  notInspectedText,
  viewPlan,
  type GateView,
  type PipelineView,
  type PlanView,
} from '../plan-view/index.ts';
import { renderDetails } from './details.ts';
import { clip, code, plain } from './escape.ts';
import { mostInComment, startPage, type Page } from './page.ts';
import { addProblems, problemsOf } from './problems.ts';

/**
 * The plan for a comment on a pull request or a job summary: what matters most first, at most `most` characters, and
 * what did not fit is counted at the end. The first line is hidden; a workflow finds its comment by it.
 */
export function renderMarkdown(plan: Plan, most = mostInComment): string {
  const view = viewPlan(plan, { isUrgentFirst: true });
  const page = startPage(most);
  page.add(['<!-- extracts plan -->', '## extracts plan', '']);
  page.add([...headline(view), '']);
  const notInspected = notInspectedText(view);
  if (notInspected.length > 0) page.add([...notInspected.map(plain), '']);
  addGates(page, view);
  addProblems(page, problemsOf(view.findings), { showPlace: settingOf, share: 0.5 });
  addPipelines(page, view);
  addUnchanged(page, view);
  page.addAll(
    'the details of',
    'pipeline',
    view.pipelines
      .flatMap((part) => ('one' in part ? [renderDetails(part.one)] : []))
      .filter((lines) => lines.length > 0),
  );
  return page.end('run `extracts plan` to see all of it');
}

/** The file and the setting in it: a plan does not know lines. */
function settingOf(place: Place): string {
  const keys = keysOf(place);
  return keys.length === 0 ? place.file : `${place.file} at ${keys.join('.')}`;
}

function headline({ quiet, counts, amounts, shards, publishing }: PlanView): string[] {
  if (quiet !== undefined) return [`**No changes.** ${quiet}`];
  const shown = counts.map(({ text }) => text);
  return [
    `**Plan:** ${shown.join(', ')}.`,
    ...(amounts === '' ? [] : ['', `**Data:** ${plain(amounts)}.`]),
    ...(shards === undefined ? [] : ['', `**Shards:** ${shards}.`]),
    ...publishing.flatMap((text) => ['', `**Publishing:** ${plain(text)}.`]),
  ];
}

function addGates(page: Page, { gates, heldBack }: PlanView): void {
  if (gates.length === 0) return;
  const alert = gates.every(({ open }) => open)
    ? ['> [!WARNING]', '> This run allows what is marked as allowed below.']
    : [
        '> [!CAUTION]',
        `> ${counted(heldBack, 'pipeline')} ${heldBack === 1 ? 'is' : 'are'} blocked until this is decided:`,
      ];
  const closedFirst = gates.toSorted((one, other) => Number(one.open) - Number(other.open));
  page.addTable({
    lead: [...alert, ''],
    head: ['gate', 'where', 'why', 'what opens it'],
    rows: foldGates(closedFirst).map((part) =>
      'one' in part ? gateRow(part.one) : [plain(moreLike(part.more, part.like.address)), '', '', ''],
    ),
    noun: 'gate',
    share: 0.4,
  });
}

function gateRow({ label, address, message, remedy, open, isFlag }: GateView): string[] {
  const clipped = clip(remedy, 400);
  return [
    `**${label}**`,
    code(clip(address, 200)),
    plain(clip(message, 300)),
    open ? 'allowed in this run' : isFlag ? code(clipped) : plain(clipped),
  ];
}

function addPipelines(page: Page, { pipelines, removed }: PlanView): void {
  const more = ({ text }: { text: string }) => [plain(text), '', ''];
  const rows = [
    ...pipelines.map((part) => ('one' in part ? pipelineRow(part.one) : more(part))),
    ...removed.map((part) => {
      if (!('one' in part)) return more(part);
      const { address, because, verdict, isDeleted } = part.one;
      return [code(clip(address, 200)), isDeleted ? `**${verdict}**` : verdict, plain(clip(because, 300))];
    }),
  ];
  page.addTable({ lead: [], head: ['pipeline', 'what', 'because'], rows, noun: 'pipeline', share: 0.6 });
}

function pipelineRow({ address, verdict, because, blockedBy }: PipelineView): string[] {
  return [
    code(clip(address, 200)),
    blockedBy === undefined ? verdict : `**${verdict}**`,
    plain(clip(because, 300)),
  ];
}

/** All in one line, folded when there are many; of a family only how many. */
function addUnchanged(page: Page, { idle, idleFamilies }: PlanView): void {
  for (const { family, count } of idleFamilies) page.add([`${code(family)}: ${plain(count)}`, '']);
  const names = idle.map(({ address }) => address).filter((address) => !isItem(address));
  if (names.length === 0) return;
  const listed = names.map((name) => code(clip(name, 200))).join(', ');
  const line =
    names.length <= 5
      ? `Unchanged: ${listed}`
      : `<details><summary>${counted(names.length, 'unchanged pipeline')}</summary>${listed}</details>`;
  page.addAll('the names of', 'unchanged pipeline', [[line, '']], names.length);
}
