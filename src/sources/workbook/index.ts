/**
 * Workbooks of Excel (.xlsx): the rows of one sheet as texts of cells, in the order of the file. It is the only format whose
 * rows become JavaScript values: a cell is a few elements of XML, and other parts of the file decide what they mean.
 */
export { readSerial } from './dates.ts';
export { openSheet, type Sheet } from './open.ts';
export type { Wanted } from './package.ts';
export { cellName, type Cell, type Merged, type Row } from './sheet.ts';
