/** `tenant_sales` for `tenant_sales[acme]`; a name without a key is its own family. */
export function familyOf(address: string): string {
  return address.replace(/\[.*$/s, '');
}

/** Whether it is an item of a family. */
export const isItem = (address: string): boolean => address.endsWith(']');

/** What is said of an item, where the place alone would not tell which it is. */
export function nameItem<T extends { message: string }>(address: string, said: T): T {
  if (!isItem(address) || said.message.includes(address)) return said;
  return { ...said, message: `${address}: ${said.message}` };
}
