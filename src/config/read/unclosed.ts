import type { CST } from 'yaml';

/**
 * Returns the offset of the last `{` or `[` that is never closed, if there is one. The parser notices only where the
 * next line is less indented, which may be far from the bracket that the user forgot to close.
 */
export function unclosedBracket(tokens: readonly CST.Token[]): number | undefined {
  let found: number | undefined;
  const waiting = [...tokens];
  for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
    if (token.type === 'flow-collection' && !token.end.some(closes)) {
      found = Math.max(found ?? 0, token.start.offset);
    }
    for (const inside of childrenOf(token)) waiting.push(inside);
  }
  return found;
}

/** Returns the offset of the first quotation mark that is never closed, if there is one. */
export function unclosedQuote(tokens: readonly CST.Token[]): number | undefined {
  let found: number | undefined;
  const waiting = [...tokens];
  for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
    if (isQuoted(token) && !isClosed(token.source)) found = Math.min(found ?? Infinity, token.offset);
    for (const inside of childrenOf(token)) waiting.push(inside);
  }
  return found;
}

const isQuoted = (token: CST.Token): token is CST.FlowScalar =>
  token.type === 'double-quoted-scalar' || token.type === 'single-quoted-scalar';

const isClosed = (source: string) => source.length > 1 && source.endsWith(source.charAt(0));

const closes = ({ type }: CST.SourceToken) => type === 'flow-map-end' || type === 'flow-seq-end';

/** Returns the keys and values of a map or list, and the content of a document. */
export function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) =>
    [key, value].filter((inside) => inside !== undefined && inside !== null),
  );
}
