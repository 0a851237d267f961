import { createHash } from 'node:crypto';
import type { Graph } from '../../model/plan/graph.ts';
import { counted } from '../../model/base/numbers.ts';
import type { ForgottenPipeline, PipelinePlan, Plan } from '../../model/plan/plan.ts';
import {
  amountsOf,
  countsOf,
  forgottenCount,
  forgottenVerdictOf,
  isQuiet,
  quietTextOf,
} from '../plan-words.ts';
import { foldPipelines, moreLike, type Folded } from '../fold.ts';
import { renderFindings, renderGates, renderUnseen } from './decisions.ts';
import { renderGraph } from './drawing.ts';
import { element, type Markup } from './element.ts';
import { pipelineLook, signed } from './look.ts';
import { renderPipeline } from './pipeline.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/**
 * Returns the plan as one self-contained page: it needs no network, which its own policy forbids, and no script to be
 * read. The same plan gives the same bytes. `graphOf` draws pipelines.
 */
export function renderHtml(plan: Plan, graphOf: (pipelines: readonly PipelinePlan[]) => Graph): string {
  const acting = foldPipelines(plan.pipelines.filter(({ action }) => action !== 'none'));
  const shown = acting.flatMap((part) => ('one' in part ? part.one : []));
  const ids = new Map(shown.map(({ address }, index) => [address, `p-${index + 1}`]));
  const body = element(
    'body',
    {},
    element('a', { class: 'skip', href: '#pipelines' }, 'Skip to the pipelines'),
    header(plan),
    element(
      'main',
      {},
      renderUnseen(plan),
      renderGates(plan),
      renderFindings(plan),
      renderGraph(plan.pipelines, graphOf, ids),
      pipelines(acting, ids),
      unchanged(plan.pipelines),
      forgotten(plan.forgotten),
    ),
    element(
      'footer',
      {},
      `Made by extracts ${plan.tool}. It holds no secret and no time: the same world gives the same page.`,
    ),
    { html: `<script>${script}</script>\n` },
  );
  return `<!DOCTYPE html>\n${element('html', { lang: 'en' }, head(plan), body).html}`;
}

function head(plan: Plan): Markup {
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
    element('title', {}, `extracts plan: ${isQuiet(plan) ? 'no changes' : totals(plan).join(', ')}`),
    { html: `<style>${style}</style>\n` },
  );
}

/** Returns the hash of an inline block in the notation of Content Security Policy. */
const hashed = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

function totals(plan: Plan): string[] {
  const { blocked } = plan.summary;
  return [...countsOf(plan), ...(blocked > 0 ? [`${blocked} blocked`] : []), ...forgottenCount(plan)];
}

function header(plan: Plan): Markup {
  const amounts = amountsOf(plan);
  return element(
    'header',
    {},
    element('h1', {}, 'extracts plan'),
    isQuiet(plan) ? element('p', {}, element('strong', {}, 'No changes. '), quietTextOf(plan)) : undefined,
    element(
      'ul',
      { class: 'counts' },
      ...totals(plan).map((count) => {
        const [number = '', ...words] = count.split(' ');
        return element('li', {}, element('b', {}, number), ` ${words.join(' ')}`);
      }),
    ),
    amounts === '' ? undefined : element('p', {}, `Data: ${amounts}.`),
  );
}

/** Up to this number of pipelines is readable at a glance; with more, only blocked ones are unfolded. */
const fewPipelines = 3;

function pipelines(acting: readonly Folded<PipelinePlan>[], ids: ReadonlyMap<string, string>): Markup {
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
      if (!('one' in part)) return folded(part.more, moreLike(part.more, part.like.address));
      const { one } = part;
      return renderPipeline(one, ids.get(one.address) ?? '', isFew || one.blockedBy === 'gate');
    }),
  );
}

/** Returns the names of the items of a family whose text equals one that was already shown. */
function folded(more: readonly PipelinePlan[], summary: string): Markup {
  const names = more.map(({ address, because }) =>
    element('li', {}, element('code', {}, address), ` ${because}`),
  );
  return element('details', {}, element('summary', {}, summary), element('ul', {}, ...names));
}

function unchanged(all: readonly PipelinePlan[]): Markup | undefined {
  const same = all.filter(({ action }) => action === 'none');
  if (same.length === 0) return undefined;
  return element(
    'details',
    {},
    element('summary', {}, counted(same.length, 'unchanged pipeline')),
    element(
      'ul',
      {},
      ...same.map((pipeline) =>
        element(
          'li',
          {},
          signed(pipelineLook(pipeline)),
          element('code', {}, pipeline.address),
          ` in ${pipeline.file}`,
        ),
      ),
    ),
  );
}

function forgotten(all: readonly ForgottenPipeline[]): Markup | undefined {
  if (all.length === 0) return undefined;
  return element(
    'section',
    { 'aria-labelledby': 'forgotten' },
    element('h2', { id: 'forgotten' }, 'No longer managed'),
    ...all.map((one) => {
      const { address, because, leaves, deletes = [] } = one;
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
        element('p', {}, element('code', {}, address), ` ${forgottenVerdictOf(one)} (${because}).`),
        ...list('What goes:', deletes),
        ...list('What stays:', leaves),
      );
    }),
  );
}
