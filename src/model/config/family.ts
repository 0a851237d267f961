/** `tenant_sales` for `tenant_sales[acme]`; a name without a key is its own family. */
export function familyOf(address: string): string {
  return address.replace(/\[.*$/s, '');
}

/** Returns true if the address is an item of a family. */
export const isItem = (address: string): boolean => address.endsWith(']');

/** Names the item in a message whose place alone does not identify it. */
export function nameItem<T extends { message: string }>(address: string, said: T): T {
  if (!isItem(address) || said.message.includes(address)) return said;
  return { ...said, message: `${address}: ${said.message}` };
}
