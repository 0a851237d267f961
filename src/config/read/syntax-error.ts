import type { YAMLError } from 'yaml';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { mask } from '../../model/errors/secrets.ts';
import { codes } from '../codes.ts';
import { passwordsIn } from '../references/hide-passwords.ts';
import type { Tree } from './yaml-tree.ts';

/** A mistake of a text that is not YAML, and the range of characters that shows it best. */
export interface SyntaxError extends Omit<Diagnostic, 'place'> {
  range: readonly [from: number, to: number];
}

/**
 * Returns the cause that a user can see and correct, where the parser's own place is only where it noticed. Of several
 * errors the first counts: the others come from the parser being lost.
 */
export function syntaxError(error: YAMLError, { text, unclosed, openQuote }: Tree): SyntaxError {
  const [position, end] = error.pos;
  const stray = strayCharacters(text, position);
  if (stray !== undefined) return stray;
  if (text[position] === '{' && text[position - 1] === '$') {
    return {
      code: codes.unquotedReference,
      severity: 'error',
      message: 'a brace inside { } or [ ] starts a map, so this reference is not read as text',
      hint: 'quote "${…}" inside { } and [ ]',
      range: [position, end],
    };
  }
  if (unclosed !== undefined && unclosed <= position && /^flow /i.test(error.message)) {
    const isMap = text[unclosed] === '{';
    return syntax(`this ${isMap ? '{' : '['} is not closed`, [unclosed, unclosed + 1], {
      hint: `end the ${isMap ? 'map with }' : 'list with ]'}`,
    });
  }
  if (openQuote !== undefined && openQuote <= position) {
    const mark = text.charAt(openQuote);
    return syntax(`this ${mark} is not closed`, [openQuote, openQuote + 1], {
      hint: `end the text with ${mark}`,
    });
  }
  if (error.code === 'UNEXPECTED_TOKEN' && text[position] === ',') {
    return syntax('a comma separates entries inside { } and [ ] only', [position, position + 1], {
      hint: 'remove the comma',
    });
  }
  const unspaced = keyWithoutSpace(text, error);
  if (unspaced !== undefined) {
    const { key, range } = unspaced;
    return syntax(`no space follows the colon of "${key}"`, range, { hint: 'write a space after the colon' });
  }
  const deeper = error.code === 'BLOCK_AS_IMPLICIT_KEY' ? deeperKey(text, position) : undefined;
  if (deeper !== undefined) {
    return syntax(
      `"${deeper.key}" is indented deeper than "${deeper.above}", which has a value already`,
      deeper.range,
      { hint: 'give all keys of one map the same indentation, deeper than the key that the map belongs to' },
    );
  }
  const hint = hints[error.code];
  return syntax(parserText(error.message, text), error.pos, hint === undefined ? {} : { hint });
}

function syntax(message: string, range: SyntaxError['range'], more: { hint?: string }): SyntaxError {
  return { code: codes.yamlSyntax, severity: 'error', message, ...more, range };
}

const hints: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'one file is one pipeline: write the second one into a file of its own',
  BAD_SCALAR_START: 'quote the text',
  BAD_DQ_ESCAPE:
    'inside double quotes a backslash begins an escape: use single quotes, and / between the folders of a path',
  BLOCK_AS_IMPLICIT_KEY: 'quote a text that holds ": "',
  MULTILINE_IMPLICIT_KEY: 'a ":" may be missing after a key, or the indentation may be off',
};

/** Returns what git or a word processor has written into the text. */
function strayCharacters(text: string, position: number): SyntaxError | undefined {
  const conflict = /^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$/m.exec(text);
  if (conflict !== null) {
    return syntax(
      'this line is a conflict marker of git',
      [conflict.index, conflict.index + conflict[0].length],
      {
        hint: 'keep one of the two versions, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>',
      },
    );
  }
  const foreignSpace = spaceOfWordProcessor(text, position);
  if (foreignSpace !== undefined) {
    return syntax(
      'this space is a no-break space, which is part of the text',
      [foreignSpace, foreignSpace + 1],
      {
        hint: 'type an ordinary space',
      },
    );
  }
  return undefined;
}

/** Returns the offset of a no-break space in a line, as word processors and web pages have them. */
function spaceOfWordProcessor(text: string, position: number): number | undefined {
  const start = text.lastIndexOf('\n', position - 1) + 1;
  const [line = ''] = text.slice(start).split('\n', 1);
  const at = line.search(/[\u00a0\u2007\u202f]/);
  return at < 0 ? undefined : start + at;
}

/** Returns the key of a line such as `name:sales`, where that is what the parser stumbled over. */
function keyWithoutSpace(
  text: string,
  { code, pos: [position] }: YAMLError,
): { key: string; range: [number, number] } | undefined {
  if (code !== 'MULTILINE_IMPLICIT_KEY' && code !== 'MISSING_CHAR') return undefined;
  const start = text.lastIndexOf('\n', position - 1) + 1;
  const line = /([ \t]*(?:- )?)([\w-]+):[^\s:/]\S*[ \t]*(?:\r?\n|$)/y;
  line.lastIndex = start;
  const [whole, before = '', key = ''] = line.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const from = start + before.length;
  return { key, range: [from, from + key.length + 1] };
}

/**
 * Returns the key of the next line, if that line is indented deeper than the line at this offset and both are
 * `key: value`: the value seems to continue, and the second colon has no meaning in it.
 */
function deeperKey(
  text: string,
  position: number,
): { above: string; key: string; range: [number, number] } | undefined {
  const start = text.lastIndexOf('\n', position - 1) + 1;
  const lines =
    /([ \t]*)([^\s:#"'{[&*!|>-][^:\n]*):[ \t]+\S.*\r?\n(?:[ \t]*\r?\n)*([ \t]*)([^\s:#][^:\n]*):(?:\s|$)/y;
  lines.lastIndex = start;
  const found = lines.exec(text);
  if (found === null) return undefined;
  const [whole, indent = '', above = '', deeper = '', key = ''] = found;
  if (deeper.length <= indent.length) return undefined;
  const from = start + whole.lastIndexOf(`${key}:`);
  return { above, key, range: [from, from + key.length] };
}

/** Returns a message of the YAML library in our form. The library may quote what it stumbled over, such as a password. */
export function parserText(message: string, text: string): string {
  // A tag may be the beginning of a password that is not quoted.
  if (/^unresolved tag/i.test(message)) return 'YAML: an unknown tag: quote a text that begins with !';
  const clean = passwordsIn(text).reduce((left, password) => left.replaceAll(password, () => mask), message);
  return `YAML: ${clean.charAt(0).toLowerCase()}${clean.slice(1)}`;
}
