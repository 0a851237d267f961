import type { FeedPart } from '../../model/feed.ts';
import type { CsvFormat, Table } from '../../model/pipeline.ts';
import { isGzip, isNamedGzip } from '../delimited/text.ts';
import { hasOtherLines } from '../delimited/text-lines.ts';
import { fieldsOf, textOptions, textStreamPart } from '../delimited/text-part.ts';
import type { FoundFile } from './list.ts';
import { beginsWithMark, openCounted } from './open.ts';

/** A file in PostgreSQL's text format. hyperd opens it by itself where it can read it as it is. */
export async function textPart(table: Table, file: FoundFile, format: CsvFormat): Promise<FeedPart> {
  const streamed = textStreamPart(table, file, format, () => openCounted(file, format));
  const isPlain =
    format.encoding === 'utf-8' &&
    format.nulls.length === 1 &&
    streamed.columns.length === fieldsOf(table).length &&
    !hasOtherLines(format) &&
    !isGzip(file, format) &&
    // hyperd would unpack it, whatever the format says, and would not see that it was cut off.
    !isNamedGzip(file) &&
    !(await beginsWithMark(file, format));
  if (!isPlain) return streamed;
  return {
    kind: 'path',
    label: streamed.label,
    path: file.absolute,
    size: file.size,
    columns: streamed.columns,
    format: { type: 'text', ...textOptions(format) },
    constants: [],
    otherwise: () => undefined,
    explain: (refusal) => streamed.explain(refusal),
    translate: (error) => streamed.translate(error),
  };
}
