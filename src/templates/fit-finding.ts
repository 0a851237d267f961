import type { ColumnType } from '../model/config/column-type.ts';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { Use } from '../model/world/template-description.ts';

/** The shape that the extract will have, according to the pipeline's column contract. */
export interface ExtractShape {
  schema: string;
  tables: readonly TableShape[];
}

export interface TableShape {
  name: string;
  columns: readonly { name: string; type: ColumnType }[];
}

/**
 * One mismatch between a template and an extract. Errors break fields, warnings change what users see, notes report harmless
 * differences.
 */
export interface Finding {
  severity: Diagnostic['severity'];
  code: string;
  /** The table in the .hyper: of the template where it is missing, else of the extract. */
  table: string;
  column?: string;
  field?: { name: string; caption: string | undefined };
  uses: readonly Use[];
  /** One sentence without a final full stop. */
  message: string;
  /** The name in the extract that was probably meant. */
  nearest?: string;
}
