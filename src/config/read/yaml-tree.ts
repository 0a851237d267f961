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
import { childrenOf, unclosedBracket, unclosedQuote } from './unclosed.ts';

/** The YAML tree and the line starts of a text. */
export interface Tree {
  text: string;
  document: Document.Parsed;
  lines: LineCounter;
  /** The keys that a map has twice, in the order of the file. */
  duplicates: readonly DuplicateKey[];
  /** The offset of a `{` or `[` that is never closed. */
  unclosed: number | undefined;
  /** The offset of a quotation mark that is never closed. */
  openQuote: number | undefined;
}

/** The offsets of a key and of the same key before it. */
interface DuplicateKey {
  at: number;
  first: number;
}

export function parseTree(text: string): Tree {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const document = compose(tokens, text);
  return {
    text,
    lines,
    document,
    duplicates: duplicateKeys(document),
    unclosed: unclosedBracket(tokens),
    openQuote: unclosedQuote(tokens),
  };
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
  return document;
}

function error(at: number, code: 'MULTIPLE_DOCS' | 'RESOURCE_EXHAUSTION', message: string): YAMLParseError {
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
function duplicateKeys(document: Document.Parsed): DuplicateKey[] {
  const found: DuplicateKey[] = [];
  visit(document, {
    Map(_, map) {
      const keys = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const text = scalarText(key);
        const at = key.range?.[0] ?? 0;
        const first = keys.get(text);
        if (first === undefined) keys.set(text, at);
        else found.push({ at, first });
      }
    },
  });
  return found.sort((one, other) => one.at - other.at);
}
