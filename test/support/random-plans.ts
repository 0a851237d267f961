import fc from 'fast-check';
import type { PipelinePlan, Plan } from '../../src/model/plan/plan.ts';
import { columnChange, gate, pipelinePlan, plan, tablePlan } from './plans.ts';

/** Characters in possible names that break Markdown, HTML, tables and fences. */
const nasty = [
  'orders',
  'a|b',
  '`tick`',
  '```',
  '~~~~',
  '<b>bold</b>',
  '</details>',
  '<!-- x -->',
  '-->',
  '@team',
  '#12',
  'GH-7',
  'a\\|b\\',
  '*_x_*',
  '[link](http://x)',
  'www.example.com',
  'https://x.y/z',
  '\n\n# head',
  '| --- |',
  '&amp;',
  '"quoted" \'too\'',
  '売上',
  '👩‍👩‍👧',
  '\u001b[31m',
  '$x$',
  ']]>',
  '--allow',
];

export const names = fc
  .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ maxLength: 12 })), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''));

const long = fc.oneof(
  { weight: 9, arbitrary: names },
  { weight: 1, arbitrary: names.map((name) => name.repeat(60)) },
);

const pipelines: fc.Arbitrary<PipelinePlan> = fc
  .record({
    address: long,
    because: long,
    action: fc.constantFrom('create', 'rebuild', 'deliver', 'record', 'none', 'blocked'),
    gated: fc.boolean(),
    table: names,
    columns: fc.array(names, { maxLength: 30 }),
    target: long,
  })
  .map(({ address, because, action, gated, table, columns, target }) =>
    pipelinePlan(address, {
      action,
      because,
      ...(action === 'blocked'
        ? { blockedBy: 'error' as const }
        : gated && action !== 'none'
          ? { blockedBy: 'gate' as const }
          : {}),
      tables: [
        tablePlan(table, {
          action: 'reload',
          columns: columns.map((name, index) => ({
            name,
            ...(index % 2 ? { before: name } : {}),
            after: name,
          })),
          rowsBefore: columns.length,
        }),
      ],
      destinations: [{ type: 'file', target, action: 'overwrite', reason: because }],
      changes: columns.map((name) =>
        columnChange(`${address}.${table}.${name}`, 'breaking', because, { before: name, after: name }),
      ),
    }),
  );

/** Plans of up to some hundred pipelines. */
export const plans: fc.Arbitrary<Plan> = fc
  .record({
    some: fc.array(pipelines, { maxLength: 12 }),
    times: fc.integer({ min: 1, max: 40 }),
    tail: names,
  })
  .map(({ some, times, tail }) => {
    const all = Array.from({ length: times }, (_, index) =>
      some.map((one) => ({ ...one, address: `${one.address} ${index}` })),
    ).flat();
    const gates = all.flatMap(({ address, blockedBy }) =>
      blockedBy === 'gate' ? [gate(address, `${address}.${tail}`, { message: tail })] : [],
    );
    return plan(all, { gates });
  });
