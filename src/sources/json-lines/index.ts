/**
 * JSON lines as bytes. hyperd can only read whole records into one column of json; it takes the last of two equal keys, and
 * turns a null into the text "null". Here a record is scanned in place, and its values become the fields of COPY text.
 */
export { JsonLinesToCopy, type JsonRecord } from './convert.ts';
export { JsonLineError, JsonProblem } from './problem.ts';
export { JsonScanner } from './scan.ts';
export { wantedIn } from './wanted.ts';
export { firstKeys, valueOf } from './look.ts';
