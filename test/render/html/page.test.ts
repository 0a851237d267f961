import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { graphOfPlan } from '../../../src/plan/pipeline-graph.ts';
import { renderHtml } from '../../../src/render/html/page.ts';
import { style } from '../../../src/render/html/style.ts';
import type { Plan } from '../../../src/model/plan/plan.ts';
import { fullPlan, pipelinePlan, plan, tablePlan, wordyPlan } from '../../support/plans.ts';
import { plans } from '../../support/random-plans.ts';

const pageOf = (of: Plan) => renderHtml(of, graphOfPlan);

interface Seen {
  name: string;
  attributes: Record<string, string>;
  /** Names of the elements around it. */
  inside: readonly string[];
}

/** All elements of a page, which has to be well formed, and its text. */
function parse(page: string): { elements: Seen[]; text: string } {
  const elements: Seen[] = [];
  const open: string[] = [];
  let text = '';
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements.push({ name, attributes: attributes, inside: [...open] });
    open.push(name);
  });
  parser.on('closetag', () => open.pop());
  parser.on('text', (piece) => {
    if (!open.includes('style') && !open.includes('script')) text += piece;
  });
  parser.write(page).close();
  return { elements, text: text.replace(/\s+/g, ' ') };
}

const page = pageOf(fullPlan);
const { elements, text } = parse(page);

test('the same plan gives the same bytes', () => {
  expect(pageOf(structuredClone(fullPlan))).toBe(page);
});

test('every part of the plan is shown', () => {
  for (const told of [
    'superstore.orders.region',
    '--allow-breaking superstore.orders.region',
    'Allowed in this run',
    'field "Sales" needs column "sale"',
    '3 412 rows inserted in the source',
    '9 994 -> ~13 406 rows, 2.1 MB -> ~2.9 MB, 5 columns, 4 changed',
    'region text int breaking: another type',
    'Kunde was customer',
    '~5.2 MB of disk for a while',
    'overwrite revision 3 of Ann Lee (2026-01-31T08:00:00Z, 12 MB), ~2.6 MB in 1 request',
    's3://acme-landing/sales/header.csv',
    'sales/2026/sales_2026-01.csv.gz',
    'nothing answers at localhost:5432 [EXT2001] in pipelines/gone.yaml at sources.shop',
    '2 unchanged pipelines',
    'orders.(region, Kunde) → people.(region, person)',
    'people.chief → people.person',
    'old_sales will no longer be managed, will not be deleted',
  ])
    expect(text).toContain(told);
});

test('it needs nothing from anywhere, and its policy forbids it', () => {
  for (const { name, attributes } of elements) {
    for (const key of ['href', 'src']) expect(attributes[key] ?? '#').toMatch(/^(#|data:,$)/);
    expect(
      Object.keys(attributes).filter((key) => /^on|^style$/.test(key)),
      name,
    ).toEqual([]);
  }
  expect(style).not.toMatch(/url\(|@import/);
  const policy = elements.find(({ attributes }) => attributes['http-equiv'] !== undefined)!.attributes
    .content!;
  expect(policy).toContain("default-src 'none'");
  for (const block of ['style', 'script']) {
    const inside = new RegExp(`<${block}>([^]*?)</${block}>`).exec(page)![1]!;
    const hash = createHash('sha256').update(inside).digest('base64');
    expect(policy).toContain(`${block}-src 'sha256-${hash}'`);
  }
});

describe('without a mouse and without eyes', () => {
  test('what unfolds is a summary, first in its details', () => {
    expect(elements.filter(({ name }) => name === 'details').length).toBeGreaterThan(8);
    elements.forEach(({ name }, index) => {
      if (name === 'details') expect(elements[index + 1]!.name).toBe('summary');
    });
  });

  test('headings are in order, each level below the one before it or above', () => {
    const levels = elements.filter(({ name }) => /^h\d$/.test(name)).map(({ name }) => Number(name[1]));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, index) => expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1));
  });

  test('ids are unique, and links, labels and names lead to one', () => {
    const ids = elements.flatMap(({ attributes }) => attributes.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes } of elements) {
      for (const reference of [
        attributes.href?.replace('data:,', ''),
        attributes.for,
        attributes['aria-labelledby'],
      ])
        if (reference) expect(ids).toContain(reference.replace('#', ''));
    }
  });

  test('the first link leads past the beginning, what scrolls takes the focus, and signs have words', () => {
    expect(elements.find(({ name }) => name === 'a')!.attributes).toEqual({
      class: 'skip',
      href: '#pipelines',
    });
    for (const { attributes } of elements) {
      if (/\bscroll\b/.test(attributes.class ?? ''))
        expect(attributes).toMatchObject({ tabindex: '0', role: 'region' });
      if (/\bsign\b/.test(attributes.class ?? '')) expect(attributes['aria-label']).toMatch(/^\w+$/);
    }
    expect(style).toContain(':focus-visible');
    expect(elements[0]).toMatchObject({ name: 'html', attributes: { lang: 'en' } });
  });
});

describe('contrast', () => {
  const [light = '', dark = ''] = style.split('prefers-color-scheme');
  const palettes = { light: colorsIn(light), dark: colorsIn(dark) };

  function colorsIn(text: string): Record<string, string> {
    return Object.fromEntries(
      [...text.matchAll(/--(\w+):(#[0-9a-f]{6})/g)].map(([, name, color]) => [name!, color!]),
    );
  }

  /** WCAG 2.2, relative luminance and contrast ratio. */
  function luminance(color: string): number {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const channel = parseInt(color.slice(at, at + 2), 16) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function contrast(one: string, other: string): number {
    const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  test.each(['light', 'dark'] as const)(
    '%s: text at least 4.5, lines that mean something at least 3',
    (name) => {
      const colors = palettes[name];
      for (const ground of ['page', 'panel']) {
        for (const color of ['text', 'muted', 'create', 'change', 'remove', 'info'])
          expect(contrast(colors[color]!, colors[ground]!), `${color} on ${ground}`).toBeGreaterThanOrEqual(
            4.5,
          );
        expect(contrast(colors.line!, colors[ground]!), `line on ${ground}`).toBeGreaterThanOrEqual(3);
      }
    },
  );

  test('no colour is defined outside of the palettes, and both have the same names', () => {
    const rules = style.replace(/--\w+:#[0-9a-f]{6}/g, '');
    expect(rules).not.toMatch(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/);
    expect(Object.keys(palettes.dark).sort()).toEqual(Object.keys(palettes.light).sort());
  });
});

test('whatever things are called, it is well formed, and nothing but text', () => {
  fc.assert(
    fc.property(plans, (some) => {
      const names = new Set(parse(pageOf(some)).elements.map(({ name }) => name));
      for (const name of ['img', 'b-', 'iframe']) expect(names).not.toContain(name);
    }),
    { numRuns: 15 },
  );
  const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
  const seen = parse(
    pageOf(plan([pipelinePlan(evil, { action: 'rebuild', because: evil, tables: [tablePlan(evil)] })])),
  );
  expect(seen.elements.filter(({ name }) => name === 'script')).toHaveLength(1);
  expect(seen.text).toContain(evil);
});

test('many tables are not drawn, those with something to do are where they are few', () => {
  const many = Array.from({ length: 70 }, (_, index) =>
    pipelinePlan(`p${index}`, { tables: [tablePlan('t')] }),
  );
  const drawing = (of: Plan) =>
    parse(pageOf(of)).elements.filter(({ attributes }) => attributes.class?.startsWith('node'));
  expect(drawing(plan(many))).toHaveLength(0);
  expect(pageOf(plan(many))).toContain('70 tables are more than fit a drawing');
  const acting = pipelinePlan('acting', {
    action: 'rebuild',
    tables: [tablePlan('t', { action: 'reload' })],
  });
  expect(drawing(plan([...many, acting]))).toHaveLength(3);
  expect(drawing(wordyPlan).length).toBeGreaterThan(10);
});

test('nothing to do is said so', () => {
  const quiet = parse(pageOf(plan([pipelinePlan('orders')])));
  expect(quiet.text).toContain('No changes. The extracts match the configuration and their sources.');
  expect(quiet.text).toContain('Nothing to do');
});

test('a title is the heading and the name of the page, and text', () => {
  const named = parse(renderHtml(fullPlan, graphOfPlan, 'Pull request 7 <b-d>'));
  expect(named.text).toContain('Pull request 7 <b-d>');
  expect(named.text).not.toContain('extracts plan');
  expect(named.elements.map(({ name }) => name)).not.toContain('b-d');
  expect(text).toContain('extracts plan');
});

test('what is typed or looked for can be copied, with a button that only the script shows', () => {
  const buttons = elements.filter(({ name }) => name === 'button');
  expect(buttons.map(({ attributes }) => attributes['data-copy'])).toContain(
    '--allow-breaking superstore.orders.region',
  );
  for (const { attributes } of buttons)
    expect(attributes).toMatchObject({
      type: 'button',
      hidden: 'hidden',
      'aria-label': `Copy ${attributes['data-copy']!}`,
    });
  expect(style).toContain('.copy[hidden]{display:none}');
});

test('what stays as it is is dimmed', () => {
  const same = parse(
    pageOf(
      plan([
        pipelinePlan('orders', {
          action: 'rebuild',
          tables: [tablePlan('changed', { action: 'reload' }), tablePlan('same')],
        }),
      ]),
    ),
  );
  const classes = same.elements.flatMap(({ attributes }) => attributes.class ?? []);
  expect(classes.filter((one) => one === 'table same')).toHaveLength(1);
  expect(classes).toContain('node table none');
});
