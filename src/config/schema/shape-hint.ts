/** Returns the YAML for a key that was written in another shape than it has. */
export function shapeHint(pointer: string, data: unknown, kinds: readonly string[]): { hint?: string } {
  const key = pointer.slice(pointer.lastIndexOf('/') + 1);
  const own = ownShapes.find(({ of }) => of.test(pointer))?.hint(data);
  if (own !== undefined) return { hint: own };
  if (kinds.includes('object') && Array.isArray(data)) {
    const name = data.map(nameIn).find((one) => one !== undefined) ?? 'NAME';
    return { hint: `write each name as a key, without "-": ${key}: {${name}: …}` };
  }
  if (kinds.includes('array') && typeof data === 'string' && isPlainName.test(data))
    return { hint: `write a list: ${key}: [${data}]` };
  if (kinds.includes('array') && isMap(data)) return { hint: `begin each item of the list with "- "` };
  if (kinds.some(isNumeric) && typeof data === 'string' && /^-?\d+(?:\.\d+)?$/.test(data))
    return { hint: 'remove the quotes' };
  const isNumber = typeof data === 'number' || typeof data === 'boolean';
  if (isNumber && kinds.includes('string') && freeText.test(pointer))
    return { hint: `quote it: "${String(data)}"` };
  return {};
}

interface OwnShape {
  of: RegExp;
  hint: (data: unknown) => string | undefined;
}

/** Texts for which any word will do: elsewhere quotes alone would not make a number right. */
const freeText = /\/(?:name|description|database|user|bucket|project|site|tags\/\d+)$/;

const isPlainName = /^[\w-]+(?:, ?[\w-]+)*$/;

const ownShapes: readonly OwnShape[] = [
  {
    of: /^\/tables\/[^/]+\/from$/,
    hint: (data) =>
      typeof data === 'string' && /^[\w-]+$/.test(data) ? `write from: {source: ${data}}` : undefined,
  },
  {
    of: /^\/tables\/[^/]+\/columns$/,
    hint: (data) =>
      Array.isArray(data)
        ? 'write the name and the type of each column: columns: {id: int, name: text}'
        : data === null
          ? 'list the columns: columns: {id: int, name: text}; extracts import prints them for a database or a file'
          : undefined,
  },
  {
    of: /^\/tables\/[^/]+\/load$/,
    hint: (data) =>
      typeof data === 'string' ? 'write load: {mode: append, cursor: COLUMN}, for example' : undefined,
  },
  {
    of: /^\/template$/,
    hint: (data) =>
      typeof data === 'string' ? `write template: {file: ${quotedIfNeeded(data)}}` : undefined,
  },
  {
    of: /^\/relationships\/\d+$/,
    hint: (data) => (typeof data === 'string' ? 'write {from: table.column, to: table.column}' : undefined),
  },
];

const quotedIfNeeded = (text: string) => (/^[\w./-]+$/.test(text) ? text : JSON.stringify(text));

const isMap = (data: unknown) => typeof data === 'object' && data !== null && !Array.isArray(data);

const isNumeric = (kind: string) => kind === 'integer' || kind === 'number';

/** The name that the items of other formats carry inside. */
function nameIn(item: unknown): string | undefined {
  if (!isMap(item)) return undefined;
  const { name } = item as { name?: unknown };
  return typeof name === 'string' && /^[\w-]+$/.test(name) ? name : undefined;
}

/** Returns how to write true or false for the words of other formats: YAML 1.2 reads `yes` and `on` as texts. */
export function booleanHint(data: unknown): { hint?: string } {
  if (typeof data !== 'string') return {};
  if (/^(?:yes|on|true|y)$/i.test(data)) return { hint: 'write true, without quotes' };
  return /^(?:no|off|false|n)$/i.test(data) ? { hint: 'write false, without quotes' } : {};
}
