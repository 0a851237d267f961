import type { NumberKind } from './number-formats.ts';
import { isAside, plainText } from './parts.ts';
import type { TextTable } from './text-table.ts';
import { damaged, type XmlTaker } from './xml.ts';

/** The value of a cell as text. `unsaved` is a formula whose value the file does not have. */
export interface Cell {
  kind: 'text' | NumberKind | 'moment' | 'boolean' | 'error' | 'unsaved';
  text: string;
}

export interface Row {
  /** From 1, as Excel shows it. */
  number: number;
  isHidden: boolean;
  /** In the order of the columns; undefined is an empty cell. */
  cells: readonly (Cell | undefined)[];
}

/** The cells of a sheet that are merged: first and last column (from 0) and row (from 1). */
export interface Merged {
  range: string;
  columns: readonly [number, number];
  rows: readonly [number, number];
}

/** Reads the cells of a sheet; `take` returns the rows that were completed since the last call. */
export class SheetPart implements XmlTaker {
  readonly merged: Merged[] = [];
  readonly #texts: TextTable;
  readonly #kinds: readonly NumberKind[];
  readonly #part: string;
  #rows: Row[] = [];
  #row = 0;
  #isHidden = false;
  #cells: (Cell | undefined)[] = [];
  #column = -1;
  #type = '';
  #style = 0;
  #value: string | undefined;
  #hasFormula = false;
  #isValue = false;
  #guides = 0;
  #isInData = false;
  /** The number of elements that are open. */
  #depth = 0;

  constructor(texts: TextTable, kinds: readonly NumberKind[], part: string) {
    this.#texts = texts;
    this.#kinds = kinds;
    this.#part = part;
  }

  take(): Row[] {
    return this.#rows.splice(0);
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#isValue = false;
    // Rows and cells are those of the data: buttons and extensions have elements of the same names.
    const depth = this.#depth++;
    if (name === 'sheetData' && depth === 1) this.#isInData = true;
    if (name === 'mergeCell' && depth === 2) this.merged.push(mergedOf(attributes.ref ?? ''));
    if (!this.#isInData) return;
    if (isAside(name)) this.#guides++;
    switch (name) {
      case 'row':
        this.#row = this.#rowOf(attributes.r);
        this.#isHidden = /^(?:1|true)$/.test(attributes.hidden ?? '');
        this.#cells = [];
        this.#column = -1;
        break;
      case 'c':
        this.#column = this.#columnOf(attributes.r);
        this.#type = attributes.t ?? 'n';
        this.#style = Number(attributes.s ?? 0);
        this.#value = undefined;
        this.#hasFormula = false;
        break;
      case 'f':
        this.#hasFormula = true;
        break;
      case 'v':
      case 't':
        this.#isValue = this.#guides === 0;
        this.#value ??= '';
    }
  }

  close(name: string): void {
    this.#isValue = false;
    this.#depth--;
    if (name === 'sheetData' && this.#depth === 1) this.#isInData = false;
    if (!this.#isInData) return;
    if (isAside(name)) this.#guides--;
    if (name === 'c') this.#cells[this.#column] = this.#cell();
    if (name === 'row' && this.#cells.some((cell) => cell !== undefined))
      this.#rows.push({ number: this.#row, isHidden: this.#isHidden, cells: this.#cells });
  }

  text(text: string): void {
    if (this.#isValue) this.#value = (this.#value ?? '') + text;
  }

  /** Rows come in their order, and cells in theirs: one that comes twice has two values. */
  #rowOf(reference: string | undefined): number {
    const row = reference === undefined ? this.#row + 1 : Number(reference);
    if (Number.isInteger(row) && row > this.#row && row <= LAST_ROW) return row;
    throw damaged(this.#part, `row ${reference ?? row} follows row ${this.#row}`);
  }

  #columnOf(reference: string | undefined): number {
    if (reference === undefined) return this.#column + 1;
    const column = columnOf(reference);
    if (column > this.#column && column < COLUMNS && reference.endsWith(String(this.#row))) return column;
    throw damaged(this.#part, `a cell of row ${this.#row} is named ${JSON.stringify(reference)}`);
  }

  #cell(): Cell | undefined {
    // A cell that says that it is an error is no empty one.
    const value = this.#value ?? (this.#type === 'e' && !this.#hasFormula ? '' : undefined);
    if (value === undefined || (value === '' && this.#type === 's'))
      return this.#hasFormula ? { kind: 'unsaved', text: '' } : undefined;
    switch (this.#type) {
      case 's': {
        const text = /^\s*\d+\s*$/.test(value) ? this.#texts.get(Number(value)) : undefined;
        if (text === undefined) throw damaged(this.#part, `there is no text ${value}`);
        return { kind: 'text', text };
      }
      case 'str':
      case 'inlineStr':
        return { kind: 'text', text: plainText(value, this.#part) };
      case 'b':
        return this.#boolean(value.trim());
      case 'e':
        return { kind: 'error', text: value };
      case 'd':
        if (value.trim() === '') return undefined;
        return { kind: 'moment', text: value.trim().replace('T', ' ') };
      case 'n':
        return this.#number(value.trim());
      default:
        throw damaged(
          this.#part,
          `${cellName(this.#row, this.#column)} has the unknown type ${JSON.stringify(this.#type)}`,
        );
    }
  }

  #boolean(value: string): Cell | undefined {
    if (value === '') return this.#hasFormula ? { kind: 'unsaved', text: '' } : undefined;
    if (value === '1' || value === 'true') return { kind: 'boolean', text: 'TRUE' };
    if (value === '0' || value === 'false') return { kind: 'boolean', text: 'FALSE' };
    throw damaged(this.#part, `${cellName(this.#row, this.#column)} is neither true nor false`);
  }

  #number(value: string): Cell | undefined {
    if (value === '') return this.#hasFormula ? { kind: 'unsaved', text: '' } : undefined;
    const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value);
    const name = cellName(this.#row, this.#column);
    if (!isNumber || !Number.isFinite(Number(value))) throw damaged(this.#part, `${name} has no number`);
    const kind = this.#kinds[this.#style] ?? (this.#style === 0 ? 'number' : undefined);
    if (kind === undefined) throw damaged(this.#part, `${name} has a style that is not there`);
    return { kind, text: /^-?(?:0|[1-9]\d*)$/.test(value) ? value : String(Number(value)) };
  }
}

/** The limits of Excel. */
const LAST_ROW = 1_048_576;
const COLUMNS = 16_384;

/** Returns the name of a cell, such as `B7`. */
export function cellName(row: number, column: number): string {
  let letters = '';
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26))
    letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters;
  return `${letters}${row}`;
}

function columnOf(reference: string): number {
  const [letters = ''] = /^[A-Z]+/i.exec(reference) ?? [];
  return (
    Array.from(letters.toUpperCase()).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
  );
}

function mergedOf(range: string): Merged {
  const [first = '', last = first] = range.split(':');
  const rowOf = (reference: string) => Number(/\d+$/.exec(reference)?.[0] ?? 0);
  return { range, columns: [columnOf(first), columnOf(last)], rows: [rowOf(first), rowOf(last)] };
}
