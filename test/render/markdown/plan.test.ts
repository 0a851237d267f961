import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../../src/render/markdown/plan.ts';
import { expectGolden } from '../../support/golden.ts';
import { fullPlan, pipelinePlan, plan, tablePlan, columnChange } from '../../support/plans.ts';
import { names, plans } from '../../support/random-plans.ts';

test('the whole comment', () => {
  expectGolden('markdown/full.md', renderMarkdown(fullPlan));
});

test('a plan without changes is one line', () => {
  const quiet = plan([pipelinePlan('orders'), pipelinePlan('people')]);
  expectGolden('markdown/quiet.md', renderMarkdown(quiet));
});

test('names that mean something in Markdown or HTML mean nothing', () => {
  const evil = '</details>`|@team #12\n# x <img src=x>';
  const one = pipelinePlan(evil, {
    action: 'rebuild',
    because: evil,
    tables: [tablePlan('```', { action: 'reload' })],
    changes: [columnChange(`${evil}.\`\`\`.${evil}`, 'additive', evil, { after: evil })],
    destinations: [{ type: 'file', target: evil, action: 'create', reason: evil }],
  });
  expectGolden('markdown/evil.md', renderMarkdown(plan([one])));
});

describe('what does not fit', () => {
  const many = plan([
    ...Array.from({ length: 300 }, (_, index) =>
      pipelinePlan(`pipeline_${index}`, {
        action: 'rebuild',
        because: 'rows were inserted',
        tables: [tablePlan('orders', { action: 'reload', rowsBefore: 1 })],
        destinations: [{ type: 'file', target: 'x'.repeat(150), action: 'overwrite', reason: 'rebuilt' }],
      }),
    ),
    ...Array.from({ length: 3000 }, (_, index) => pipelinePlan(`unchanged_${index}`)),
  ]);

  test('is left out from the end, and counted exactly', () => {
    const text = renderMarkdown(many);
    const details = text.split('<details><summary><code>pipeline_').length - 1;
    expect(text.match(/^\| <code>/gm)).toHaveLength(300);
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      `**Left out** to fit 65 000 characters: the names of 3 000 unchanged pipelines; the details of ${300 - details} pipelines: run \`extracts plan\` to see all of it.`,
    );
    expect(details).toBeGreaterThan(50);
    expect(text).toContain(`<code>pipeline_${details - 1}</code> will be rebuilt</summary>`);
  });

  test('is rows of the table, too, when there is room for few', () => {
    const text = renderMarkdown(many, 3000);
    const rows = text.match(/^\| <code>/gm)!.length;
    expect(text).toContain(`${300 - rows} pipelines of 300 pipelines`);
    expect(text.length).toBeLessThanOrEqual(3000);
  });

  test('is the end of a long diff', () => {
    const columns = Array.from({ length: 400 }, (_, index) =>
      columnChange(`wide.t.c${index}`, 'create', 'new', { after: 'text' }),
    );
    const wide = pipelinePlan('wide', {
      action: 'create',
      tables: [tablePlan('t', { action: 'create' })],
      changes: columns,
    });
    expect(renderMarkdown(plan([wide]))).toContain('251 lines more: run `extracts plan` to see them.');
  });
});

/** Enough of GitHub's Markdown to say that nothing that was opened stays open, and that nothing else was opened. */
function expectWellFormed(text: string): void {
  let fence: string | undefined;
  let isOpen = false;
  let columns = 0;
  for (const line of text.split('\n')) {
    if (fence !== undefined) {
      if (line === fence) fence = undefined;
      else expect(new RegExp(`^ {0,3}${fence}`).test(line), line).toBe(false);
      continue;
    }
    const opened = /^(`{3,})diff$/.exec(line)?.[1];
    if (opened !== undefined) {
      fence = opened;
      continue;
    }
    const pipes = line.startsWith('|') ? line.split('|').length : 0;
    if (columns > 0 && pipes > 0) expect(pipes, line).toBe(columns);
    else if (pipes === 0) expect(line).not.toContain('|');
    columns = pipes;
    if (line.startsWith('<details>')) {
      expect(isOpen).toBe(false);
      isOpen = !line.endsWith('</details>');
    } else if (line === '</details>') {
      expect(isOpen).toBe(true);
      isOpen = false;
    }
    const tags = line.match(/<(?!\/?(details|summary|code)>|!-- extracts plan -->)/g);
    expect(tags, line).toBeNull();
    expect((line.match(/<code>/g) ?? []).length, line).toBe((line.match(/<\/code>/g) ?? []).length);
    expect(line.replace(/<code>.*?<\/code>/g, ''), line).not.toMatch(/@|&#64;(?!&#8203;)|https?:\/\//);
  }
  expect({ fence, isOpen }).toEqual({ fence: undefined, isOpen: false });
}

test('however many pipelines, and whatever they are called: it fits and is well formed', () => {
  fc.assert(
    fc.property(plans, fc.constantFrom(65_000, 20_000), (some, most) => {
      const text = renderMarkdown(some, most);
      expect(text.length).toBeLessThanOrEqual(most);
      expect(text.startsWith('<!-- extracts plan -->\n')).toBe(true);
      expectWellFormed(text);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('one name at a time', () => {
  fc.assert(
    fc.property(names, (name) => {
      const one = pipelinePlan(name, { action: 'rebuild', because: name, tables: [tablePlan(name)] });
      expectWellFormed(renderMarkdown(plan([one, pipelinePlan(name)])));
    }),
    { numRuns: 300 },
  );
});
