/**
 * Returns the number of terminal columns of one line of ordinary text: wide characters take two, combining marks none.
 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/**
 * Tabs as spaces, and in the place of a character that could steer a terminal or turn what is read around its
 * picture.
 */
export function printable(text: string): string {
  return text.replaceAll('\t', '    ').replace(steering, pictureOf);
}

const steering = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n') return '⏎';
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return character === '\u007f' ? '\u2421' : '\u{fffd}';
}

/**
 * Returns plain data with all its texts printable; the same object if they already are. Errors and similar objects are
 * left as they are.
 */
export function printableData<T>(data: T): T {
  if (typeof data === 'string') return printable(data) as T & string;
  if (typeof data !== 'object' || data === null) return data;
  if (!Array.isArray(data) && Object.getPrototypeOf(data) !== Object.prototype) return data;
  const before = Object.entries(data);
  const after = before.map(([key, value]: [string, unknown]) => [key, printableData(value)] as const);
  if (after.every(([, value], index) => value === before[index]?.[1])) return data;
  return (Array.isArray(data) ? after.map(([, value]) => value) : Object.fromEntries(after)) as T;
}

export interface ClippedLine {
  text: string;
  /** The start of the piece and its width, in terminal columns of `text`. */
  from: number;
  width: number;
}

/** Returns at most about `widest` columns of a line that contain the piece of `length` code units at `start`. */
export function clipAround(line: string, start: number, length: number, widest: number): ClippedLine {
  const before = printable(line.slice(0, start));
  const piece = printable(line.slice(start, start + length));
  const after = printable(line.slice(start + length));
  if (columnsOf(before) + columnsOf(piece) + columnsOf(after) <= widest) {
    return { text: before + piece + after, from: columnsOf(before), width: Math.max(columnsOf(piece), 1) };
  }
  const shownPiece = head(piece, widest - 20);
  const room = widest - columnsOf(shownPiece);
  const shownBefore = tail(before, Math.max(room - columnsOf(after), Math.floor(room / 2)));
  const shownAfter = shownPiece === piece ? head(after, room - columnsOf(shownBefore)) : '';
  return {
    text: shownBefore + shownPiece + shownAfter,
    from: columnsOf(shownBefore),
    width: Math.max(columnsOf(shownPiece), 1),
  };
}

/** Returns the text in at most `room` columns, with an ellipsis where it is cut off. */
export function head(text: string, room: number): string {
  return columnsOf(text) <= room ? text : `${taken(Array.from(text), room - 1).join('')}…`;
}

function tail(text: string, room: number): string {
  return columnsOf(text) <= room
    ? text
    : `…${taken(Array.from(text).reverse(), room - 1)
        .reverse()
        .join('')}`;
}

function taken(characters: readonly string[], room: number): string[] {
  let columns = 0;
  const end = characters.findIndex((character) => (columns += widthOf(character)) > room);
  return characters.slice(0, end === -1 ? characters.length : end);
}

/** East Asian wide and full-width forms and emoji, after Unicode Standard Annex 11. */
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const none = /[\p{Mn}\p{Me}\p{Cf}]/u;

function widthOf(character: string): number {
  if (none.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
