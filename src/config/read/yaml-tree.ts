import {
  Composer,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  Parser,
  YAMLParseError,
  type CST,
  type Document,
} from 'yaml';
import type { Span } from '../../model/errors/diagnostic.ts';
import { deepest, scalarText } from './tree-problems.ts';
import { childrenOf, unclosedBracket } from './unclosed.ts';

/** The YAML tree and the line starts of a text. */
export interface Tree {
  text: string;
  document: Document.Parsed;
  lines: LineCounter;
  /** The offset of a `{` or `[` that is never closed. */
  unclosed: number | undefined;
}

export function parseTree(text: string): Tree {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  return { text, lines, document: compose(tokens, text), unclosed: unclosedBracket(tokens) };
}

/** The span of a piece of the text, cut at the end of its first line. */
export function spanAt({ text, lines }: Tree, from: number, to: number): Span {
  const { line, col } = lines.linePos(from);
  const end = text.slice(from, to).search(/\r?\n/);
  const length = end === -1 ? to - from : end;
  return { line, column: Math.max(col, 1), length: Math.max(length, 1) };
}

function compose(tokens: readonly CST.Token[], text: string): Document.Parsed {
  const depths = tooDeep(tokens);
  if (depths !== undefined) {
    const nothing = parseDocument('');
    nothing.errors.push(error(depths, 'RESOURCE_EXHAUSTION', 'maps and lists are nested too deeply'));
    return nothing;
  }
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false });
  const [document, second] = composer.compose(tokens, true, text.length);
  // With forceDoc, composing an empty text also gives an empty document.
  if (document === undefined) throw new Error('the YAML composer gave no document');
  if (second !== undefined) {
    document.errors.push(error(second.range[0], 'MULTIPLE_DOCS', 'a second document begins here'));
  }
  document.errors.push(...duplicateKeys(document));
  return document;
}

function error(
  at: number,
  code: 'DUPLICATE_KEY' | 'MULTIPLE_DOCS' | 'RESOURCE_EXHAUSTION',
  message: string,
): YAMLParseError {
  return new YAMLParseError([at, at + 1], code, message);
}

/**
 * Returns the offset at which the nesting exceeds its limit. The composer recurses, and a stack that is nearly full
 * does not only throw: a regular expression compiled there ends the process.
 */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const waiting = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > deepest) return token.offset;
    for (const inside of childrenOf(token)) waiting.push({ token: inside, depth: depth + 1 });
  }
  return undefined;
}

/**
 * Keys that a map has twice, as written: `null` and `~` are two keys here, though one to YAML. The composer's own check
 * compares each key with each: 190,000 keys of one map would keep it for minutes.
 */
function duplicateKeys(document: Document.Parsed): YAMLParseError[] {
  const found: YAMLParseError[] = [];
  visit(document, {
    Map(_, map) {
      const keys = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const text = scalarText(key);
        if (keys.has(text))
          found.push(error(key.range?.[0] ?? 0, 'DUPLICATE_KEY', 'Map keys must be unique'));
        keys.add(text);
      }
    },
  });
  return found.sort((one, other) => one.pos[0] - other.pos[0]);
}
