import type { TextSettings } from '../../model/config/source.ts';
import { textIn } from '../delimited/text.ts';
import type { Document, DocumentReading } from './document.ts';

/** The text of a document as UTF-8 bytes. Leaving the loop early ends the reading. */
export async function* textOfReading(
  { bytes, contentEncoding, close }: DocumentReading,
  { shown }: Document,
  format: TextSettings,
): AsyncGenerator<Buffer, void> {
  try {
    yield* textIn(bytes, { shown, ...(contentEncoding && { contentEncoding }) }, format);
  } finally {
    close();
  }
}
