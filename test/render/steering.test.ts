import { expect, test } from 'vitest';
import { renderDiagnostics } from '../../src/render/diagnostics.ts';
import { renderGraphText } from '../../src/render/graph/text.ts';
import { renderPlan } from '../../src/render/plan-text.ts';
import { renderPreview } from '../../src/render/preview.ts';
import { renderEventLine, renderStep } from '../../src/render/progress.ts';
import { renderReport } from '../../src/render/apply-report.ts';
import { renderStateList, renderStateRecord } from '../../src/render/state.ts';
import { printable } from '../../src/render/text-width.ts';
import { columnChange, gate, pipelinePlan, plan, tablePlan } from '../support/plans.ts';

/**
 * Hides what follows, goes to the beginning of the line, rings, begins a sequence in one character, turns the
 * text around.
 */
const name = 'a\u001b[8m\r\u0007\u009b1m\u007f\u202ez\nb';
const shown = 'a␛[8m␍␇\u{fffd}1m␡\u{fffd}z⏎b';

const load = { id: `load ${name}`, kind: 'load', table: name, after: [], because: [] } as const;
const reported = {
  address: name,
  outcome: 'failed',
  seconds: 1,
  tables: [],
  checks: [],
  destinations: [{ target: name, size: 1 }],
  failure: { step: load.id, retryable: false },
} as const;
const applied = {
  ...reported,
  outcome: 'applied',
  tables: [{ name, rows: 1, bytes: 1, seconds: 1 }],
} as const;
const planned = plan(
  [
    pipelinePlan(name, {
      action: 'rebuild',
      because: name,
      tables: [tablePlan(name, { action: 'reload', reason: name })],
      destinations: [{ type: 'file', target: name, action: 'overwrite', reason: name }],
      changes: [columnChange(`${name}.${name}.${name}`, 'data', name, { before: name, after: name })],
    }),
  ],
  { gates: [gate(name, name, { message: name })] },
);
const record = {
  format: 1,
  tool: name,
  address: name,
  configuration: '',
  tables: { [name]: { definition: { columns: [], rest: {} }, rows: 1, bytes: 1 } },
  extract: { schema: name, version: 3, keys: '', size: 1, modified: '1' },
  destinations: { [name]: { size: 1, modified: '1' } },
} as const;

const outputs: Record<string, (color: boolean) => string> = {
  plan: (color) => renderPlan(planned, { color, verbose: true }),
  report: (color) => renderReport([reported, applied], { color, verbose: true }),
  diagnostics: (color) =>
    renderDiagnostics(
      [{ code: 'EXT0000', severity: 'error', message: name, hint: name, place: { file: name, pointer: '' } }],
      { color, locate: () => ({ line: 1, column: 1, length: 3 }), lineOf: () => name },
    ),
  preview: (color) =>
    renderPreview([{ name, columns: [{ name, type: 'text' }], rows: [[name], [null]] }], color),
  'a record': (color) => renderStateRecord(record, undefined, color),
  records: (color) =>
    renderStateList(
      {
        records: [{ address: name, file: name, tables: 1, rows: 1, bytes: 1, destinations: [name] }],
        firstApplies: [{ address: name, lock: { name, since: name, alive: 'unknown' } }],
      },
      name,
      color,
    ),
  graph: () =>
    renderGraphText({
      nodes: [{ id: 'n1', kind: 'extract', label: name, detail: name, pipeline: name }],
      edges: [],
    }),
  'a step': () => renderStep(load),
  'a line for logs': () => renderEventLine(name, load, name),
};

test.each(Object.entries(outputs))('%s: a name steers no terminal', (_, render) => {
  for (const color of [false, true]) {
    // eslint-disable-next-line no-control-regex -- what the program itself paints with
    const text = render(color).replace(/\u001b\[(?:0|1|2|22|3[1-6]|39)m/g, '');
    expect(text).toContain(shown);
    expect(text).not.toContain('z\nb');
    expect(text.replaceAll('\n', '')).toBe(printable(text.replaceAll('\n', '')));
  }
});
