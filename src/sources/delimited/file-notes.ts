import type { Diagnostic, Place } from '../../model/diagnostic.ts';
import type { Column, Table } from '../../model/pipeline.ts';
import { quotedVisible } from '../../model/visible.ts';

/** So many files are named. */
const NAMED = 2;

/** A note for each optional column that some of the files lack, and one for files without a byte. */
export function fileNotes(
  table: Table,
  files: readonly { shown: string; absent: readonly Column[]; isEmpty: boolean }[],
): Diagnostic[] {
  const empty = files.filter(({ isEmpty }) => isEmpty);
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
  if (empty.length === 0) return lacking;
  const what = empty.length === 1 ? 'is empty and has' : 'are empty and have';
  return [...lacking, note('EXT2119', `${namesOf(empty)} ${what} no rows`, table.place)];
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
