import type { FeedPart } from '../../model/ports/feed.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { NotAsWritten } from '../csv/index.ts';
import { isGzip, isNamedGzip } from '../delimited/text.ts';
import { isTextAsWritten, textCheck, textOptions, textStreamPart } from '../delimited/text-part.ts';
import { checkFile } from './check-file.ts';
import type { FoundFile } from './list.ts';
import { beginsWithMark, openCounted, openText } from './open.ts';

/** A file in PostgreSQL's text format. hyperd opens it by itself where it can read it as it is written. */
export async function textPart(table: Table, file: FoundFile, format: CsvFormat): Promise<FeedPart> {
  const streamed = textStreamPart(table, file, format, {
    open: () => openCounted(file, format),
    reopen: () => openText(file, format),
  });
  const isPlain =
    format.encoding === 'utf-8' &&
    isTextAsWritten(table, format) &&
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
    check: (signal, until) => checkFile(file, textCheck(table, format), signal, until),
    asStream: streamed,
    fallback: (why) => (why instanceof NotAsWritten ? streamed : undefined),
    explain: (refusal) => streamed.explain(refusal),
    translate: (error) => streamed.translate(error),
  };
}
