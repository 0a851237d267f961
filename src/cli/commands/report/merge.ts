import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../../../disk/reason.ts';
import { replaceFile } from '../../../disk/replace.ts';
import { nameItem } from '../../../model/config/family.ts';
import { counted } from '../../../model/base/numbers.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { renderReport, type ReportRow } from '../../../render/apply-report.ts';
import { renderJUnit, type JUnitSuite } from '../../../render/junit.ts';
import { renderReportMarkdown } from '../../../render/markdown/report.ts';
import { printable } from '../../../render/text-width.ts';
import type { ErrorDocument } from '../../../run/report-document.ts';
import { UsageError } from '../../../run/usage-error.ts';
import { version } from '../../../run/version.ts';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { encodeJson } from '../../output/json.ts';
import { outputOf } from '../../output/show-apply.ts';
import { problemAt, writeJUnitFile } from '../../output/junit.ts';
import { ReportMerge, type MergedReport } from './merge-reports.ts';

export interface MergeOptions {
  json?: boolean;
  junit?: string;
  markdown?: string;
  verbose?: boolean;
}

/** `extracts report merge`: one report of those of several shards or runs, with the exit code that one run would have had. */
export async function mergeReportFiles(
  files: readonly string[],
  options: MergeOptions,
  env: Env,
): Promise<ExitCode> {
  const merge = new ReportMerge();
  for (const file of files) merge.add(file, await readText(file, env.cwd));
  const merged = merge.end();
  const { exitCode, ...rest } = merged;
  const { show, view } = outputOf(options, env);
  showFailures(merged, env);
  const rows = merged.pipelines.map(rowOf);
  const notBegun = { idle: idleOf(merged), doneBefore: merged.doneBefore?.length ?? 0 };
  show(renderReport(rows, { ...view, held: merged.blocked, ...notBegun }));
  if (options.junit !== undefined) await writeJUnitFile(options.junit, renderJUnit(suitesOf(merged)), env);
  if (options.markdown !== undefined) {
    const { pipelines, blocked: held, errors, reports } = merged;
    const page = renderReportMarkdown({ pipelines, held, errors, reports, ...notBegun });
    await writePage(options.markdown, page, env);
  }
  if (options.json === true) {
    const document = { format: 1, tool: version(), ended: new Date().toISOString(), ...rest, exitCode };
    env.out(encodeJson(document));
  }
  return exitCode;
}

async function readText(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(path.resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the report ${file}: ${reasonOf(error)}`);
  }
}

async function writePage(file: string, page: string, { cwd }: Env): Promise<void> {
  try {
    await replaceFile(path.resolve(cwd, file), page);
  } catch (error) {
    throw new RunError('EXT6120', `cannot write the page ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

function rowOf({ failure, ...row }: MergedReport['pipelines'][number]): ReportRow {
  return { ...row, ...(failure && { failure: { step: failure.step, retryable: failure.retryable } }) };
}

const idleOf = ({ idle }: MergedReport) =>
  Object.entries(idle).flatMap(([because, count]) => Array.from({ length: count }, () => ({ because })));

/** The number of failures that a person reads one by one. */
const most = 50;

/** Shows each failure on stderr, as the runs themselves have done. */
function showFailures({ pipelines, errors }: MergedReport, env: Env): void {
  const failures = [
    ...errors.map(({ file, message, ...rest }) => ({
      ...rest,
      message: file === undefined ? message : `${file}: ${message}`,
    })),
    ...pipelines.flatMap(({ address, failure }) =>
      failure === undefined ? [] : nameItem(address, { ...failure, message: failure.message }),
    ),
  ];
  for (const failure of failures.slice(0, most)) env.err(failureText(failure));
  if (failures.length > most)
    env.err(`and ${counted(failures.length - most, 'more error')}: --json has all\n`);
}

function failureText({ code, message, hint }: ErrorDocument): string {
  const end = code === undefined ? '' : `  [${code}]`;
  const remedy = hint === undefined ? '' : `  = ${printable(hint)}\n`;
  return `error  ${printable(message)}${end}\n${remedy}`;
}

function suitesOf({ pipelines, blocked, errors }: MergedReport): JUnitSuite[] {
  const none = { seconds: 0, results: [], unasked: [] };
  return [
    ...pipelines
      .filter(({ outcome }) => outcome !== 'forgotten' && outcome !== 'deleted' && outcome !== 'missing')
      .map(({ address, seconds, checks, outcome, failure }) => ({
        address,
        seconds,
        results: checks,
        unasked: [],
        ...(outcome === 'failed' &&
          failure !== undefined && { problem: problemAt(failure.step, failure.message, failure.class) }),
        ...(outcome === 'interrupted' && { problem: problemAt('apply', 'interrupted') }),
      })),
    ...blocked.map(({ address, by, message, class: kind }) => ({
      ...none,
      address,
      problem: by === 'gate' ? { kind: by, step: 'plan', message } : problemAt('plan', message, kind),
    })),
    ...errors.map(({ file, message, class: kind }) => ({
      ...none,
      address: file ?? 'shards',
      problem: problemAt('report', message, kind),
    })),
  ];
}
