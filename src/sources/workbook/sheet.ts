import type { NumberKind } from './number-formats.ts';
import { plainText } from './parts.ts';
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
  #cells: (Cell | undefined)[] = [];
  #column = -1;
  #type = '';
  #style = 0;
  #value: string | undefined;
  #hasFormula = false;
  #isValue = false;
  #guides = 0;

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
    switch (name) {
      case 'row':
        this.#row = attributes.r === undefined ? this.#row + 1 : Number(attributes.r);
        this.#cells = [];
        this.#column = -1;
        break;
      case 'c':
        this.#column = attributes.r === undefined ? this.#column + 1 : columnOf(attributes.r);
        this.#type = attributes.t ?? 'n';
        this.#style = Number(attributes.s ?? 0);
        this.#value = undefined;
        this.#hasFormula = false;
        break;
      case 'f':
        this.#hasFormula = true;
        break;
      case 'rPh':
        this.#guides++;
        break;
      case 'v':
      case 't':
        this.#isValue = this.#guides === 0;
        this.#value ??= '';
        break;
      case 'mergeCell':
        this.merged.push(mergedOf(attributes.ref ?? ''));
    }
  }

  close(name: string): void {
    this.#isValue = false;
    if (name === 'rPh') this.#guides--;
    if (name === 'c') this.#cells[this.#column] = this.#cell();
    if (name === 'row' && this.#cells.some((cell) => cell !== undefined))
      this.#rows.push({ number: this.#row, cells: this.#cells });
  }

  text(text: string): void {
    if (this.#isValue) this.#value = (this.#value ?? '') + text;
  }

  #cell(): Cell | undefined {
    const value = this.#value;
    if (value === undefined) return this.#hasFormula ? { kind: 'unsaved', text: '' } : undefined;
    switch (this.#type) {
      case 's': {
        const text = this.#texts.get(Number(value));
        if (text === undefined) throw damaged(this.#part, `there is no text ${value}`);
        return { kind: 'text', text };
      }
      case 'str':
      case 'inlineStr':
        return { kind: 'text', text: plainText(value) };
      case 'b':
        return { kind: 'boolean', text: value.trim() === '1' || value.trim() === 'true' ? 'TRUE' : 'FALSE' };
      case 'e':
        return { kind: 'error', text: value };
      case 'd':
        return { kind: 'moment', text: value.trim().replace('T', ' ') };
      default:
        return this.#number(value.trim());
    }
  }

  #number(value: string): Cell | undefined {
    if (value === '') return this.#hasFormula ? { kind: 'unsaved', text: '' } : undefined;
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value))
      throw damaged(this.#part, `${cellName(this.#row, this.#column)} has no number`);
    const kind = this.#kinds[this.#style] ?? 'number';
    return { kind, text: /^-?\d+$/.test(value) ? value : String(Number(value)) };
  }
}

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
