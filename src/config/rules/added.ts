import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { fileFacts } from '../../model/config/pipeline.ts';
import { formatColumnType } from '../../model/config/column-type.ts';
import { addedSettings, readColumnType, type AddedSettings } from '../values/column-text.ts';
import { isFilesSource, mayHaveArchives } from '../values/file-format.ts';
import { codes } from '../codes.ts';
import { problem } from '../problem.ts';
import type { Rule } from './rule.ts';

/** Columns that a table adds to what is in its files. */
export const addedColumns: Rule = function* ({ written, sources, values, place }) {
  for (const [table, { from, add = {}, at_zone: own }] of Object.entries(written.tables)) {
    const settings = sources.get(from.source)?.settings;
    const kind = settings?.type;
    const isWithoutArchives = settings !== undefined && isFilesSource(settings) && !mayHaveArchives(settings);
    for (const [name, column] of Object.entries(add)) {
      const { from: template, pattern } = addedSettings(column);
      const whole = child(place, 'tables', table, 'add', name);
      const at = typeof column === 'string' ? whole : child(whole, 'from');
      const facts = fileFacts.filter((fact) => template.includes(`\${file.${fact}}`));
      if (facts.length === 0) {
        const message = `"${name}" would be the same text in every row: an added column holds \${file.path}, \${file.name} or the like`;
        yield problem(codes.addedColumn, message, at);
      }
      if (isWithoutArchives && facts.includes('entry')) {
        const message = `\${file.entry} is the file inside an archive: "${from.source}" reads no .zip`;
        yield problem(codes.addedColumn, message, at, { hint: `write \${file.name}, the name of the file` });
      }
      for (const fact of facts) {
        if (kind !== 'file' || !['key', 'etag'].includes(fact)) continue;
        const message = `\${file.${fact}} is known of S3 objects only: "${from.source}" is a source of local files`;
        yield problem(codes.addedColumn, message, at, {
          hint: 'there is ${file.path}, ${file.name} and ${file.last_modified}',
        });
      }
      const zone = own === undefined ? values.at_zone : own;
      yield* instantFits(name, addedSettings(column), typeof zone === 'string', whole);
      if (pattern !== undefined) yield* oneGroup(pattern, child(whole, 'pattern'));
    }
  }
};

/** The time of a file is an instant, with an offset. */
function* instantFits(
  name: string,
  settings: AddedSettings,
  hasZone: boolean,
  place: Diagnostic['place'] & object,
): Iterable<Diagnostic> {
  if (settings.from !== '${file.last_modified}' || settings.pattern !== undefined) return;
  const read = readColumnType(settings);
  if ('problem' in read) return;
  const { kind } = read.type;
  if (['text', 'varchar', 'timestamptz'].includes(kind)) return;
  const isClock = kind === 'timestamp' || kind === 'date';
  if (isClock && hasZone) return;
  const message = isClock
    ? `"${name}" is an instant, of which ${kind} would drop the offset`
    : `"${name}" is an instant, which is no ${formatColumnType(read.type)}`;
  const hint = isClock
    ? 'declare it as timestamptz, or set at_zone: UTC (or another zone) on the table to load its wall clock there'
    : 'declare it as timestamptz';
  yield problem(codes.addedColumn, message, place, { hint });
}

function* oneGroup(pattern: string, place: Diagnostic['place'] & object): Iterable<Diagnostic> {
  let groups: number;
  try {
    // With an empty alternative it matches any text, so the result has all its groups.
    groups = (new RegExp(`${pattern}|`).exec('')?.length ?? 1) - 1;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    yield problem(codes.addedPattern, `this is no regular expression: ${why}`, place);
    return;
  }
  if (groups === 1) return;
  const message = `the pattern has ${groups === 0 ? 'no group' : `${groups} groups`}: the value is what its one group ( ) matches`;
  yield problem(codes.addedPattern, message, place, {
    hint: 'write (?: ) around parts that are not the value',
  });
}
