import type { ParquetColumn, ParquetFooter } from '../../sources/parquet/footer.ts';

/** A column of Parquet files by its name, in each form in which files have it. */
export interface UnitedParquet {
  name: string;
  /** One for each type. */
  variants: { column: ParquetColumn; nullable: boolean; file: string }[];
  /** The files that have it. */
  files: string[];
}

/** The columns of all files: those of the first in its order, each other one behind the column that it follows in its file. */
export class ParquetUnion {
  readonly columns: UnitedParquet[] = [];
  readonly files: string[] = [];
  rows = 0;

  take(file: string, footer: ParquetFooter): void {
    this.files.push(file);
    this.rows += footer.rows;
    let last = -1;
    for (const column of footer.columns) {
      const known = this.columns.findIndex(({ name }) => name === column.name);
      const at = known >= 0 ? known : last + 1;
      if (known < 0) this.columns.splice(at, 0, { name: column.name, variants: [], files: [] });
      last = at;
      const united = this.columns[at];
      if (united === undefined) throw new Error(`there is no column ${at}`);
      united.files.push(file);
      addVariant(united, column, file);
    }
  }
}

function addVariant({ variants }: UnitedParquet, column: ParquetColumn, file: string): void {
  const same = variants.find((one) => one.column.type === column.type);
  if (same === undefined) variants.push({ column, nullable: column.nullable, file });
  else same.nullable ||= column.nullable;
}
