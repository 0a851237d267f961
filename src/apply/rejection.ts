import { rejects, type CheckResult } from '../model/config/check.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { ExtractBuild } from '../model/ports/extract-port.ts';
import { rejectedFile } from '../model/world/rejected-file.ts';
import { RunError } from '../model/errors/run-error.ts';

const code = 'EXT3030';

/** Fails if checks reject the extract; with `keep`, leaves the rejected file for inspection. */
export async function refuseRejected(
  build: ExtractBuild,
  { tables, extract }: Pipeline,
  results: readonly CheckResult[],
  keep: boolean,
): Promise<void> {
  const wrong = results.filter(rejects);
  const [first] = wrong;
  if (first === undefined) return;
  if (keep) await build.keepRejected();
  const check = tables
    .find(({ name }) => name === first.table)
    ?.checks.find(({ name, kind, severity }) => {
      return name === first.name && kind === first.check && severity === first.severity;
    });
  throw new RunError(code, messageOf(wrong, results.length), {
    hint: keep
      ? `what was rejected is kept as ${rejectedFile(extract.shown)}`
      : 'what was there before is untouched; apply --keep-failed keeps what was rejected, to be looked at',
    place: check?.place,
  });
}

export function isRejection(error: unknown): boolean {
  return error instanceof RunError && error.code === code;
}

function messageOf(wrong: readonly CheckResult[], all: number): string {
  const [only, ...others] = wrong;
  if (only === undefined || others.length > 0) {
    const names = wrong.map(({ table, name }) => `${table} › ${name}`);
    return `${wrong.length} of ${all} checks failed: ${names.join(', ')}`;
  }
  const { table, name, expected, observed, outcome } = only;
  return `a check failed: ${table} › ${name}: ${observed}${outcome === 'error' ? '' : `, expected ${expected}`}`;
}
