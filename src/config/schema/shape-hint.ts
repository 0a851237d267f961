/** Returns the YAML for a key that was written in another shape than it has. */
export function shapeHint(pointer: string, data: unknown): { hint?: string } {
  if (/^\/tables\/[^/]+\/from$/.test(pointer) && typeof data === 'string' && /^[\w-]+$/.test(data))
    return { hint: `write from: {source: ${data}}` };
  if (/^\/tables\/[^/]+\/columns$/.test(pointer) && Array.isArray(data))
    return { hint: 'write the name and the type of each column: columns: {id: int, name: text}' };
  return {};
}
