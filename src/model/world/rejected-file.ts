/**
 * Returns the place where a rejected extract is kept: `build/shop~rejected.hyper` beside `build/shop.hyper`. No
 * pipeline name can contain that sign, so no other extract is written there.
 */
export function rejectedFile(extract: string): string {
  return `${extract.replace(/\.hyper$/i, '')}~rejected.hyper`;
}
