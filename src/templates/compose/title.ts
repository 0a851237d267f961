/** Returns a name as a caption: `Invoice Date` from `invoice_date` or `invoiceDate`. Other signs than `_` stay. */
export function titleOf(name: string): string {
  return name
    .replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|_+/gu, ' ')
    .trim()
    .replace(/(?<![^\s])\p{Ll}/gu, (letter) => letter.toUpperCase());
}
