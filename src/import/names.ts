/** Returns a part of a relation as `from.table` wants it: in double quotes if it could be read in another way. */
export function relationPart(text: string): string {
  return /["."]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
