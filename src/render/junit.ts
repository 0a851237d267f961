import type { CheckResult } from '../model/config/check.ts';
import type { PlannedCheck } from '../model/plan/step.ts';

/** The part of a run that a CI server receives. */
export interface JUnitSuite {
  address: string;
  seconds: number;
  results: readonly CheckResult[];
  /** Checks that were planned and not made. */
  unasked: readonly PlannedCheck[];
  /** The reason for its end, if it is not a check. */
  problem?: JUnitProblem;
}

/** A gate asks for a decision; that it is closed is no fault. */
export interface JUnitProblem {
  kind: 'error' | 'gate';
  /** The class of an error that may pass by itself. */
  retry?: 'transient' | 'busy';
  step: string;
  message: string;
}

/**
 * Returns JUnit XML for CI servers: a suite for each pipeline, a case for each check. A warning is a skipped case with
 * its message, because the format has none. Another failure of a pipeline is a case of its own, and so is the reason
 * that blocked it: a suite without a failure is green. A pipeline that was applied without checks is one case.
 */
export function renderJUnit(suites: readonly JUnitSuite[]): string {
  const all = suites.map(suiteOf);
  const sum = (of: (suite: Suite) => number) => all.reduce((total, suite) => total + of(suite), 0);
  const counts = attributes({
    name: 'extracts',
    tests: sum(({ cases }) => cases.length),
    failures: sum((suite) => count(suite, 'failure')),
    errors: sum((suite) => count(suite, 'error')),
    skipped: sum((suite) => count(suite, 'skipped')),
    time: sum(({ seconds }) => seconds).toFixed(3),
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${counts}>`,
    ...all.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Suite {
  name: string;
  seconds: number;
  cases: readonly Case[];
}

interface Case {
  group: string;
  name: string;
  seconds: number;
  reported?: Reported;
}

interface Reported {
  as: 'failure' | 'error' | 'skipped';
  message: string;
  /** For failures and errors: the kind of problem. */
  type?: 'check' | 'pipeline' | 'gate' | 'transient' | 'busy';
  body?: string;
}

const count = ({ cases }: Suite, as: 'failure' | 'error' | 'skipped') =>
  cases.filter(({ reported: reported }) => reported?.as === as).length;

function suiteOf({ address, seconds, results, unasked, problem }: JUnitSuite): Suite {
  const made = results.map((result) => caseOf(address, result));
  const left = unasked.map(({ table, name }): Case => {
    return {
      group: `${address}.${table}`,
      name,
      seconds: 0,
      reported: { as: 'skipped', message: 'not asked' },
    };
  });
  const other = problem === undefined ? [] : [problemCase(address, problem)];
  const cases = [...made, ...left, ...other];
  // Servers do not show a suite without a case.
  const applied: Case = { group: address, name: 'apply', seconds };
  return { name: address, seconds, cases: cases.length === 0 ? [applied] : cases };
}

function problemCase(group: string, { kind, retry, step, message }: JUnitProblem): Case {
  const reported: Reported =
    kind === 'gate'
      ? { as: 'failure', type: 'gate', message }
      : { as: 'error', type: retry ?? 'pipeline', message };
  return { group, name: step, seconds: 0, reported: reported };
}

function caseOf(address: string, result: CheckResult): Case {
  const { table, name, seconds, outcome, severity, observed, expected } = result;
  const one = { group: `${address}.${table}`, name, seconds };
  if (outcome === 'passed') return one;
  const message = outcome === 'error' ? observed : `${observed}, expected ${expected}`;
  if (severity === 'warn') return { ...one, reported: { as: 'skipped', message: `warned: ${message}` } };
  const body = sampleText(result);
  return {
    ...one,
    reported: {
      as: outcome === 'error' ? 'error' : 'failure',
      type: 'check',
      message,
      ...(body !== '' && { body }),
    },
  };
}

function sampleText({ sample }: CheckResult): string {
  if (sample === undefined) return '';
  return [sample.columns, ...sample.rows]
    .map((row) => row.map((value) => value ?? 'NULL').join('\t'))
    .join('\n');
}

function suiteLines(suite: Suite): string[] {
  const { name, seconds, cases } = suite;
  const counts = attributes({
    name,
    tests: cases.length,
    failures: count(suite, 'failure'),
    errors: count(suite, 'error'),
    skipped: count(suite, 'skipped'),
    time: seconds.toFixed(3),
  });
  return [`  <testsuite${counts}>`, ...cases.map(caseLine), '  </testsuite>'];
}

function caseLine({ group, name, seconds, reported: reported }: Case): string {
  const head = `    <testcase${attributes({ classname: group, name, time: seconds.toFixed(3) })}`;
  if (reported === undefined) return `${head}/>`;
  const { as, message, type, body } = reported;
  const open = `<${as}${attributes({ message, ...(type !== undefined && { type }) })}`;
  return `${head}>${body === undefined ? `${open}/>` : `${open}>${escape(body)}</${as}>`}</testcase>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${escape(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`,
    )
    .join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes a text; characters that XML 1.0 cannot hold become the replacement character. */
function escape(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => entities[character] ?? character)
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('\r', '&#13;');
}
