import type { Place } from '../../../src/model/errors/diagnostic.ts';

/**
 * A source as config/ resolves it: paths absolute, variables substituted, a place for messages. In src/ this is a member
 * of `Source` in model/config/source.ts, and the compiler then names every place that must know the new kind.
 *
 * This example is a folder with one file per table, in PostgreSQL's COPY text format with a header line. Replace what
 * reads files by what speaks to your source.
 */
export interface TemplateSource {
  type: 'template';
  place: Place;
  folder: string;
}
