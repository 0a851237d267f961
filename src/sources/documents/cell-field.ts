import type { ColumnType } from '../../model/config/column-type.ts';
import { isNumber } from '../../model/config/column-type.ts';
import type { RowField, FieldProblem } from '../rows/row-field.ts';
import { readSerial, type Cell } from '../workbook/index.ts';

/** Writes the value of a cell as the field of a column, or returns why it cannot be taken. */
export function cellField(
  field: RowField,
  cell: Cell | undefined,
  is1904: boolean,
): FieldProblem | undefined {
  if (cell === undefined) return field.null();
  const { type } = field.column;
  switch (cell.kind) {
    case 'text':
      return field.text(cell.text, true);
    case 'moment':
      return field.text(cell.text, false);
    case 'boolean':
      return field.text(isTextType(type) ? cell.text : cell.text.toLowerCase(), false);
    case 'number':
      return isMoment(type) ? numberNotMoment : field.text(cell.text, false);
    case 'date':
    case 'time':
      return moment(field, cell, is1904);
    case 'error':
      return field.isNullText(cell.text) ? field.null() : errorOf(cell.text);
    case 'unsaved':
      return unsaved;
  }
}

const numberNotMoment: FieldProblem = {
  problem: 'the cell is a number that is not shown as a date',
  hint: 'give the cells a date format in Excel, or declare the column as a number',
};

const unsaved: FieldProblem = {
  problem: 'the cell has a formula without a stored value',
  hint: 'open the file in Excel and save it: formulas are not calculated here',
};

function errorOf(text: string): FieldProblem {
  return {
    problem: 'the cell has an error',
    hint: `correct the formula, or list it as NULL: format: {null: [${JSON.stringify(text)}]}`,
  };
}

/** Writes a number that Excel shows as a date, a time, or both. */
function moment(field: RowField, { kind, text }: Cell, is1904: boolean): FieldProblem | undefined {
  const { type } = field.column;
  if (isNumber(type)) {
    const hint =
      'declare the column as date, timestamp, time or text, or give the cells a number format in Excel';
    return { problem: `the cell is shown as a ${kind}`, hint };
  }
  const read = readSerial(text, is1904);
  if ('problem' in read) {
    return { problem: read.problem, hint: 'correct the cell, or write the date as text' };
  }
  const { day, isFirstDay, time, isMidnight } = read;
  if (kind === 'time' && isFirstDay) return field.text(time, false);
  if (day === undefined) {
    if (type.kind === 'time') return field.text(time, false);
    return { problem: 'the cell is a time without a day', hint: 'declare the column as time or text' };
  }
  if (isMidnight && type.kind !== 'timestamp' && type.kind !== 'timestamptz' && type.kind !== 'time')
    return field.text(day, false);
  return field.text(`${day} ${time}`, false);
}

function isMoment({ kind }: ColumnType): boolean {
  return ['date', 'time', 'timestamp', 'timestamptz'].includes(kind);
}

function isTextType({ kind }: ColumnType): boolean {
  return ['text', 'varchar', 'char'].includes(kind);
}
