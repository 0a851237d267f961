import { createHash } from 'node:crypto';
import type { Graph } from '../../model/plan/graph.ts';
import { counted } from '../../model/base/numbers.ts';
import type { PipelinePlan, Plan } from '../../model/plan/plan.ts';
import {
  viewPlan,
  type Part,
  type PipelineView,
  type PlanView,
  type RemovedView,
} from '../plan-view/index.ts';
import { renderFindings, renderGates, renderNotInspected } from './decisions.ts';
import { renderGraph } from './drawing.ts';
import { element, type Markup } from './element.ts';
import { signed } from './marks.ts';
import { renderPipeline } from './pipeline.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/**
 * Returns the plan as one self-contained page: it needs no network, which its own policy forbids, and no script to be
 * read. The same plan gives the same bytes. `graphOf` draws pipelines; `title` is the heading.
 */
export function renderHtml(
  plan: Plan,
  graphOf: (pipelines: readonly PipelinePlan[]) => Graph,
  title = 'extracts plan',
): string {
  const view = viewPlan(plan);
  const shown = view.pipelines.flatMap((part) => ('one' in part ? part.one : []));
  const ids = new Map(shown.map(({ address }, index) => [address, `p-${index + 1}`]));
  const body = element(
    'body',
    {},
    element('a', { class: 'skip', href: '#pipelines' }, 'Skip to the pipelines'),
    header(view, title),
    element(
      'main',
      {},
      renderNotInspected(view),
      renderGates(view),
      renderFindings(view),
      renderGraph(plan.pipelines, graphOf, ids),
      pipelines(view.pipelines, ids),
      unchanged(view.idle),
      removed(view.removed),
    ),
    element(
      'footer',
      {},
      `Made by extracts ${view.tool}. It holds no secret and no time: the same world gives the same page.`,
    ),
    { html: `<script>${script}</script>\n` },
  );
  return `<!DOCTYPE html>\n${element('html', { lang: 'en' }, head(view, title), body).html}`;
}

function head({ quiet, counts }: PlanView, title: string): Markup {
  const policy = [
    "default-src 'none'",
    `style-src '${hashed(style)}'`,
    `script-src '${hashed(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return element(
    'head',
    {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('link', { rel: 'icon', href: 'data:,' }),
    element(
      'title',
      {},
      `${title}: ${quiet === undefined ? counts.map(({ text }) => text).join(', ') : 'no changes'}`,
    ),
    { html: `<style>${style}</style>\n` },
  );
}

/** Returns the hash of an inline block in the notation of Content Security Policy. */
const hashed = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

function header({ quiet, counts, amounts, shards, publishing }: PlanView, title: string): Markup {
  return element(
    'header',
    {},
    element('h1', {}, title),
    quiet === undefined ? undefined : element('p', {}, element('strong', {}, 'No changes. '), quiet),
    element(
      'ul',
      { class: 'counts' },
      ...counts.map(({ text, isBlocked }) => {
        const [number = '', ...words] = text.split(' ');
        return element(
          'li',
          isBlocked ? { class: 'remove' } : {},
          element('b', {}, number),
          ` ${words.join(' ')}`,
        );
      }),
    ),
    amounts === '' ? undefined : element('p', {}, `Data: ${amounts}.`),
    shards === undefined ? undefined : element('p', {}, `Shards: ${shards}.`),
    ...publishing.map((text) => element('p', {}, `Publishing: ${text}.`)),
  );
}

/** Up to this number of pipelines is readable at a glance; with more, only blocked ones are unfolded. */
const fewPipelines = 3;

function pipelines(acting: readonly Part<PipelineView>[], ids: ReadonlyMap<string, string>): Markup {
  const isFew = acting.length <= fewPipelines;
  return element(
    'section',
    { id: 'pipelines', 'aria-labelledby': 'changes', tabindex: -1 },
    element('h2', { id: 'changes' }, acting.length === 0 ? 'Nothing to do' : 'What will be done'),
    isFew
      ? undefined
      : element(
          'div',
          { class: 'search', role: 'search', hidden: 'hidden' },
          element('label', { for: 'filter' }, 'Show pipelines with '),
          element('input', { type: 'search', id: 'filter', autocomplete: 'off' }),
          element('p', { id: 'found', role: 'status', class: 'muted' }),
        ),
    ...acting.map((part) => {
      if (!('one' in part)) return folded(part.more, part.text);
      const { one } = part;
      return renderPipeline(one, ids.get(one.address) ?? '', isFew || one.blockedBy === 'gate');
    }),
  );
}

/** Returns the names of the items of a family whose text equals one that was already shown. */
function folded(more: readonly { address: string; because: string }[], summary: string): Markup {
  const names = more.map(({ address, because }) =>
    element('li', {}, element('code', {}, address), ` ${because}`),
  );
  return element('details', {}, element('summary', {}, summary), element('ul', {}, ...names));
}

function unchanged(same: PlanView['idle']): Markup | undefined {
  if (same.length === 0) return undefined;
  return element(
    'details',
    {},
    element('summary', {}, counted(same.length, 'unchanged pipeline')),
    element(
      'ul',
      {},
      ...same.map((pipeline) =>
        element('li', {}, signed('unchanged'), element('code', {}, pipeline.address), ` in ${pipeline.file}`),
      ),
    ),
  );
}

function removed(all: readonly Part<RemovedView>[]): Markup | undefined {
  if (all.length === 0) return undefined;
  return element(
    'section',
    { 'aria-labelledby': 'forgotten' },
    element('h2', { id: 'forgotten' }, 'No longer managed'),
    ...all.map((part) => ('one' in part ? removedPipeline(part.one) : folded(part.more, part.text))),
  );
}

function removedPipeline({ address, because, verdict, leaves, deletes }: RemovedView): Markup {
  const list = (title: string, targets: readonly string[]) =>
    targets.length === 0
      ? []
      : [
          element('p', {}, title),
          element('ul', {}, ...targets.map((target) => element('li', {}, element('code', {}, target)))),
        ];
  return element(
    'div',
    {},
    element('p', {}, element('code', {}, address), ` ${verdict} (${because}).`),
    ...list('What goes:', deletes),
    ...list('What stays:', leaves),
  );
}
