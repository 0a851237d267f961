import type { Diagnostic } from '../../model/diagnostic.ts';
import { child } from '../../model/diagnostic.ts';
import { fileFacts } from '../../model/pipeline.ts';
import { addedSettings } from '../column-text.ts';
import { codes } from '../codes.ts';
import { problem } from '../problem.ts';
import type { Rule } from '../rules.ts';

/** Columns that a table adds to what is in its files. */
export const addedColumns: Rule = function* ({ written, sources, place }) {
  for (const [table, { from, add = {} }] of Object.entries(written.tables)) {
    const kind = sources.get(from.source)?.settings.type;
    for (const [name, column] of Object.entries(add)) {
      const { from: template, pattern } = addedSettings(column);
      const whole = child(place, 'tables', table, 'add', name);
      const at = typeof column === 'string' ? whole : child(whole, 'from');
      const facts = fileFacts.filter((fact) => template.includes(`\${file.${fact}}`));
      if (facts.length === 0) {
        const message = `"${name}" would be the same text in every row: an added column holds \${file.path}, \${file.name} or the like`;
        yield problem(codes.addedColumn, message, at);
      }
      for (const fact of facts) {
        if (kind !== 'file' || !['key', 'etag'].includes(fact)) continue;
        const message = `\${file.${fact}} is known of S3 objects only: "${from.source}" is a source of local files`;
        yield problem(codes.addedColumn, message, at, {
          hint: 'there is ${file.path}, ${file.name} and ${file.last_modified}',
        });
      }
      if (pattern !== undefined) yield* oneGroup(pattern, child(whole, 'pattern'));
    }
  }
};

function* oneGroup(pattern: string, place: Diagnostic['place'] & object): Iterable<Diagnostic> {
  let groups: number;
  try {
    // With an empty alternative it matches anything, so the result has all its groups.
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
