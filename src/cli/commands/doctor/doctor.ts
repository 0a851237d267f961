import { printable } from '../../../render/text-width.ts';
import { wrap } from '../../../render/wrap.ts';
import { counted } from '../../../model/base/numbers.ts';
import type { Diagnostic } from '../../../model/errors/diagnostic.ts';
import { examine } from '../../../run/doctor/examine.ts';
import type { CheckResult, Finding } from '../../../run/doctor/finding.ts';
import type { Configuration } from '../../../config/index.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { encodeJson } from '../../output/json.ts';
import { contextOf, readFiles } from '../../run-context.ts';

/** `extracts doctor`: examines everything that a run needs, and prints what is wrong with its remedy. */
export async function doctor(
  paths: readonly string[],
  options: { json?: boolean },
  env: Env,
): Promise<ExitCode> {
  const found = await readFiles(paths, { unsetVariables: 'error' }, env);
  const read = paths.length > 0 ? found : { ...found, diagnostics: found.diagnostics.map(proposeInit) };
  const results: CheckResult[] = [];
  await examine(read, process.versions.node, contextOf(env), (result) => {
    results.push(result);
    if (options.json === true) return;
    for (const finding of result.findings) env.out(render(finding, result, read, env.width));
  });
  const all = results.flatMap(({ findings }) => findings);
  const failed = all.filter(({ status }) => status === 'fail').length;
  const warned = all.filter(({ status }) => status === 'warn').length;
  if (options.json === true)
    env.out(encodeJson({ ok: failed === 0, checks: results.map((one) => asData(one, read)) }));
  else env.out(`\n${counted(failed, 'failure')}, ${counted(warned, 'warning')}.\n`);
  return failed > 0 ? exitCodes.failed : exitCodes.done;
}

/** Without pipelines there is nothing to examine yet, and a command that makes some. */
const proposeInit = (diagnostic: Diagnostic): Diagnostic =>
  diagnostic.code === 'EXT1012' || diagnostic.code === 'EXT1013'
    ? {
        ...diagnostic,
        hint: 'extracts init writes a project with a sample; or name the folder of your pipelines',
      }
    : diagnostic;

function render(
  { status, text, code, hint, place }: Finding,
  { seconds }: CheckResult,
  read: Configuration,
  width: number | undefined,
): string {
  const where = place === undefined ? '' : `${placeText(place, read)}: `;
  const marks = [
    code === undefined ? [] : `[${code}]`,
    hint === undefined ? [] : `= ${printable(hint)}`,
  ].flat();
  const line = [
    status.padEnd(4),
    `${seconds.toFixed(1)} s`.padStart(6),
    where + printable(text),
    ...marks,
  ].join('  ');
  return `${wrap(line, width, 14).join('\n')}\n`;
}

function placeText(place: NonNullable<Finding['place']>, read: Configuration): string {
  const span = read.locate(place);
  return span === undefined ? place.file : `${place.file}:${span.line}:${span.column}`;
}

function asData({ subject, seconds, findings }: CheckResult, read: Configuration): unknown {
  return {
    subject,
    seconds: Math.round(seconds * 1000) / 1000,
    findings: findings.map(({ place, ...finding }) => {
      if (place === undefined) return finding;
      const span = read.locate(place);
      return { ...finding, file: place.file, ...(span && { line: span.line, column: span.column }) };
    }),
  };
}
