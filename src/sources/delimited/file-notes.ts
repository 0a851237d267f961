import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import type { Column, Table } from '../../model/config/pipeline.ts';
import { quotedVisible } from '../../model/base/visible.ts';

/** The number of files that a note names. */
const NAMED = 2;

interface ExaminedFile {
  shown: string;
  absent: readonly Column[];
  isEmpty: boolean;
  isPassedOver?: true;
}

/** A note for each optional column that some of the files lack, and for files that have no rows. */
export function fileNotes(table: Table, files: readonly ExaminedFile[]): Diagnostic[] {
  const lacking = table.columns.flatMap((column) => {
    const those = files.filter(({ absent }) => absent.includes(column));
    if (those.length === 0) return [];
    const lack = `${namesOf(those)} ${those.length === 1 ? 'lacks' : 'lack'} it`;
    return [
      note(
        'EXT2112',
        `column ${quotedVisible(column.name)} is NULL where files lack it: ${lack}`,
        column.place,
      ),
    ];
  });
  return [...lacking, ...emptyNote(table, files), ...passedOverNote(table, files)];
}

function emptyNote(table: Table, files: readonly ExaminedFile[]): Diagnostic[] {
  const empty = files.filter(({ isEmpty }) => isEmpty);
  if (empty.length === 0) return [];
  const what = empty.length === 1 ? 'is empty and has' : 'are empty and have';
  return [note('EXT2119', `${namesOf(empty)} ${what} no rows`, table.place)];
}

function passedOverNote(table: Table, files: readonly ExaminedFile[]): Diagnostic[] {
  const passed = files.filter(({ isPassedOver }) => isPassedOver === true);
  if (passed.length === 0) return [];
  const what =
    passed.length === 1 ? 'has no rows: all of its lines are' : 'have no rows: all of their lines are';
  return [note('EXT2119', `${namesOf(passed)} ${what} skip_lines, comments or a header`, table.place)];
}

function note(code: string, message: string, place: Place): Diagnostic {
  return { code, severity: 'note', message, place };
}

/** `a.csv`, `a.csv and b.csv`, `a.csv, b.csv and 3 more`. */
function namesOf(files: readonly { shown: string }[]): string {
  const shown = files.slice(0, NAMED).map((file) => file.shown);
  const more = files.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(' and ');
}
