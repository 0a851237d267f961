/** `tenant_sales` for `tenant_sales[acme]`; a name without a key is its own family. */
export function familyOf(address: string): string {
  return address.replace(/\[.*$/s, '');
}

/** Whether it is an item of a family. */
export const isItem = (address: string): boolean => address.endsWith(']');
