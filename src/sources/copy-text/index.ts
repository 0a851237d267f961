/**
 * PostgreSQL's text format as bytes: checked as hyperd reads them, or edited on the way where hyperd cannot read them
 * as they are. It is what csv/ is for CSV.
 */
export { TextCheck } from './text-check.ts';
export { escapeText } from './escape.ts';
export { locateTextRecord } from './locate.ts';
export { normalizeText } from './normalize.ts';
export type { TextOptions } from './records.ts';
