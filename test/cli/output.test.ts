import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Env } from '../../src/cli/env.ts';
import { tellPlan, type OutputFlags } from '../../src/cli/output.ts';
import { collectSecrets } from '../../src/cli/secrets.ts';
import type { Plan } from '../../src/model/plan.ts';
import { pipelinePlan, plan } from '../support/plans.ts';

const secret = 'p@ss|<wörd>#1';
const leaking = plan([
  pipelinePlan('orders', {
    action: 'blocked',
    blockedBy: 'error',
    because: `the server says: no password "${secret}"`,
  }),
]);

async function told(of: Plan, flags: OutputFlags): Promise<string> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'output-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const secrets = collectSecrets();
  secrets.add(secret);
  let out = '';
  const env: Env = {
    cwd,
    variables: {},
    secrets,
    signal: new AbortController().signal,
    out: (text) => void (out += secrets.redact(text)),
    err: () => undefined,
    color: { out: false, err: false },
    width: undefined,
    terminal: undefined,
    ask: undefined,
  };
  await tellPlan(of, flags, env);
  return flags.html === undefined ? out : readFileSync(path.join(cwd, flags.html), 'utf8');
}

test.each<[string, OutputFlags]>([
  ['text', {}],
  ['JSON', { json: true }],
  ['Markdown', { markdown: true }],
  ['a page', { html: 'plan.html' }],
])('a secret that got into a plan is not told as %s', async (_, flags) => {
  const text = await told(leaking, flags);
  expect(text).toContain('(secret)');
  expect(text).toContain('the server says');
  expect(text).not.toContain('wörd');
});
