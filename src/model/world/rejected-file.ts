/**
 * Where an extract that was rejected is kept: `build/shop~rejected.hyper` beside `build/shop.hyper`. No
 * pipeline can have a name with that sign in it, so that none has its extract there.
 */
export function rejectedFile(extract: string): string {
  return `${extract.replace(/\.hyper$/i, '')}~rejected.hyper`;
}
