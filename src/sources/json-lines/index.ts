/**
 * JSON lines as bytes. hyperd reads whole records only, into one column of json; it takes the last of two equal keys, and
 * makes the text "null" of a null. Here a record is walked through in place, and its values become the fields of COPY text.
 */
export { JsonLinesToCopy, type JsonRecord } from './convert.ts';
export { JsonLineError } from './problem.ts';
export { firstKeys, valueOf } from './look.ts';
