/** Where an extract that was rejected is kept: `build/shop.rejected.hyper` beside `build/shop.hyper`. */
export function rejectedFile(extract: string): string {
  return `${extract.replace(/\.hyper$/i, '')}.rejected.hyper`;
}
