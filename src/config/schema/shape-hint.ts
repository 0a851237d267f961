/** Returns the YAML for a key that was written in another shape than it has. */
export function shapeHint(pointer: string, data: unknown): { hint?: string } {
  if (/^\/tables\/[^/]+\/from$/.test(pointer) && typeof data === 'string' && /^[\w-]+$/.test(data))
    return { hint: `write from: {source: ${data}}` };
  if (/^\/tables\/[^/]+\/columns$/.test(pointer) && Array.isArray(data))
    return { hint: 'write the name and the type of each column: columns: {id: int, name: text}' };
  return {};
}

/** Returns how to write true or false for the words of other formats: YAML 1.2 reads `yes` and `on` as texts. */
export function booleanHint(data: unknown): { hint?: string } {
  if (typeof data !== 'string') return {};
  if (/^(?:yes|on|true|y)$/i.test(data)) return { hint: 'write true, without quotes' };
  return /^(?:no|off|false|n)$/i.test(data) ? { hint: 'write false, without quotes' } : {};
}
