import { ColumnGuess } from './column.ts';
import { unlike } from './problems.ts';

/** A column of the files, and how many of them have it. */
export interface UnitedColumn {
  /** The name in the header; without a header, the number of the field. */
  name: string;
  guess: ColumnGuess;
  /** The files that have it. */
  files: number;
}

/**
 * The columns of all files: those of the first file in its order, and each other one behind the column that it follows in its
 * file. Where a name is blank or occurs twice, columns are told apart by their place, which is then the same in every file.
 */
export class ColumnUnion {
  readonly columns: UnitedColumn[] = [];
  readonly #hasNames: boolean;
  #first: { shown: string; names: readonly string[] } | undefined;
  #isByPlace = false;
  #files = 0;

  constructor(hasNames: boolean) {
    this.#hasNames = hasNames;
  }

  /** Fields are the columns one by one, whatever the headers say. */
  get isByPlace(): boolean {
    return this.#isByPlace || !this.#hasNames;
  }

  hasOneOf(names: readonly string[]): boolean {
    return names.some((name) => this.columns.some((column) => column.name === name));
  }

  /** Takes the header of a file; returns the guess for each of its fields. */
  take(shown: string, names: readonly string[]): ColumnGuess[] {
    const first = (this.#first ??= { shown, names });
    if (this.#files === 0) this.#isByPlace = hasUnusable(names);
    this.#files++;
    if (this.isByPlace || hasUnusable(names)) return this.#takeByPlace(shown, names, first);
    let last = -1;
    return names.map((name) => {
      const known = this.columns.findIndex((column) => column.name === name);
      const at = known >= 0 ? known : last + 1;
      if (known < 0) this.columns.splice(at, 0, { name, guess: new ColumnGuess(), files: 0 });
      last = at;
      return this.#count(at);
    });
  }

  #takeByPlace(
    shown: string,
    names: readonly string[],
    first: { shown: string; names: readonly string[] },
  ): ColumnGuess[] {
    const isSame = names.length === first.names.length && names.every((name, at) => name === first.names[at]);
    if (!isSame) {
      const what = this.#hasNames
        ? `${first.shown} and ${shown} have different headers with blank or equal names`
        : `${first.shown} has ${first.names.length} fields without a header, and ${shown} ${names.length}`;
      throw unlike(what);
    }
    this.#isByPlace = true;
    return names.map((name, at) => {
      if (this.columns[at] === undefined) this.columns.push({ name, guess: new ColumnGuess(), files: 0 });
      return this.#count(at);
    });
  }

  #count(at: number): ColumnGuess {
    const column = this.columns[at];
    if (column === undefined) throw new Error(`there is no column ${at}`);
    column.files++;
    return column.guess;
  }
}

/** No column can be named in this way. */
function hasUnusable(names: readonly string[]): boolean {
  return new Set(names).size < names.length || names.includes('');
}
