import type { TextSettings } from '../../model/config/source.ts';
import { FileProblem } from '../delimited/file-problem.ts';
import { textIn } from '../delimited/text.ts';
import type { Document, DocumentReading } from './document.ts';

/** The text of a document as UTF-8 bytes. Leaving the loop early ends the reading. */
export async function* textOfReading(
  { bytes, contentEncoding, close }: DocumentReading,
  { shown, isInside }: Document,
  format: TextSettings,
): AsyncGenerator<Buffer, void> {
  try {
    yield* textIn(bytes, { shown, ...(contentEncoding && { contentEncoding }) }, format);
  } catch (error) {
    throw isInside ? inArchive(error) : error;
  } finally {
    close();
  }
}

/** Settings say how an archive is read, and all files in it are alike: none helps a file that is something else. */
function inArchive(error: unknown): unknown {
  if (!(error instanceof FileProblem) || !/^write (?:format|compression):/.test(error.hint)) return error;
  const hint =
    'unpack the archive and read this file by itself, or name the other files: entries: "**/*.csv" in the format of the source';
  return new FileProblem(error.code, error.message, hint);
}
