import { child, type Diagnostic, type Place } from '../model/errors/diagnostic.ts';
import type { Policy } from '../model/config/project.ts';
import type * as Written from '../model/config/written.gen.ts';
import { bytesOf } from './values/amounts.ts';
import { codes } from './codes.ts';
import { isPlaceholder } from './references/reference-text.ts';
import { problem } from './problem.ts';
import { foreign } from '../model/errors/secrets.ts';
import { wholeNumber } from './rules/numbers.ts';

/** The rules of a project, as numbers and lists. */
export function resolvePolicy(written: Written.Policy = {}): Policy {
  const { forbidden_columns, require_description, allowed_projects, max_rows, max_bytes, required_checks } =
    written;
  const { allowed_hosts, allowed_paths, allowed_variables } = written;
  const rows = max_rows === undefined ? undefined : Number(max_rows);
  const bytes = typeof max_bytes === 'string' ? bytesOf(max_bytes) : max_bytes;
  return {
    ...(forbidden_columns && { forbiddenColumns: forbidden_columns }),
    ...(require_description && { requireDescription: require_description }),
    ...(allowed_projects && { allowedProjects: allowed_projects }),
    ...(rows !== undefined && { maxRows: rows }),
    ...(bytes !== undefined && { maxBytes: bytes }),
    ...(required_checks && { requiredChecks: required_checks }),
    ...(allowed_hosts && { allowedHosts: allowed_hosts }),
    ...(allowed_paths && { allowedPaths: allowed_paths }),
    ...(allowed_variables && { allowedVariables: allowed_variables }),
  };
}

export function* checkPolicy(written: Written.Policy | undefined, place: Place): Iterable<Diagnostic> {
  yield* wholeNumber(written?.max_rows, child(place, 'max_rows'), 0);
  const { max_bytes: size } = written ?? {};
  if (typeof size !== 'string' || isPlaceholder(size) || bytesOf(size) !== undefined) return;
  yield problem(codes.notANumber, `"${foreign(size)}" is no amount of bytes`, child(place, 'max_bytes'), {
    hint: 'for example 5GiB, 500MB, or a number of bytes',
  });
}
