import type { YAMLError } from 'yaml';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import type { LoadedFile } from './loaded-file.ts';
import { parseTree, spanAt } from './yaml-tree.ts';
import { mask } from '../../model/errors/secrets.ts';
import { passwordsIn } from '../references/hide-passwords.ts';
import { plainValue, TreeProblem } from './tree-problems.ts';

export function loadYaml(file: string, absolute: string, text: string): LoadedFile {
  const tree = parseTree(text);
  const { document } = tree;
  const loaded = { file, absolute, text };
  const place = (from: number, to: number) => ({ file, pointer: '', span: spanAt(tree, from, to) });

  const duplicates = document.errors.filter((error) => error.code === 'DUPLICATE_KEY');
  const [first] = document.errors.filter((error) => error.code !== 'DUPLICATE_KEY');
  if (first !== undefined) {
    return {
      ...loaded,
      value: undefined,
      diagnostics: [{ ...syntax(first, text), place: place(...first.pos) }],
    };
  }
  const diagnostics: Diagnostic[] = duplicates.flatMap(({ pos: [from] }) => {
    const key = /^"[^"]*"|^'[^']*'|^[^:\n]*/.exec(text.slice(from))?.[0].trimEnd() ?? '';
    // The rest of a type that its comma has split, which is reported with its column.
    if (/^\d+\s*\)/.test(key) && /\(\s*\d+\s*,\s*$/.test(text.slice(0, from))) return [];
    return [
      {
        code: codes.duplicateKey,
        severity: 'error',
        message: `${key} is written twice in the same map`,
        place: place(from, from + key.length),
      },
    ];
  });
  for (const { message, pos } of document.warnings) {
    diagnostics.push({
      code: codes.yamlSyntax,
      severity: 'error',
      message: sentence(withoutPasswords(message, text)),
      place: place(...pos),
    });
  }
  try {
    return { ...loaded, value: plainValue(document), diagnostics };
  } catch (problem) {
    if (!(problem instanceof TreeProblem)) throw problem;
    const [from, to] = problem.range;
    const found: Diagnostic = {
      code: problem.about === 'size' ? codes.outOfBounds : codes.alias,
      severity: 'error',
      message: problem.message,
      ...(problem.about === 'size' && { hint: 'keep large lists in a file of items or in the source' }),
      place: place(from, to),
    };
    return { ...loaded, value: undefined, diagnostics: [...diagnostics, found] };
  }
}

/** Reports the first of several follow-on errors: the others come from the parser being lost. */
function syntax(error: YAMLError, text: string): Omit<Diagnostic, 'place'> {
  const [position] = error.pos;
  if (text[position] === '{' && text[position - 1] === '$') {
    return {
      code: codes.unquotedReference,
      severity: 'error',
      message: 'a brace inside { } or [ ] starts a map, so this reference is not read as text',
      hint: 'quote "${…}" inside { } and [ ]',
    };
  }
  const hint = hints[error.code];
  return {
    code: codes.yamlSyntax,
    severity: 'error',
    message: sentence(withoutPasswords(error.message, text)),
    ...(hint === undefined ? {} : { hint }),
  };
}

const hints: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'one file is one pipeline: write the second one into a file of its own',
  BAD_SCALAR_START: 'quote the text',
  BLOCK_AS_IMPLICIT_KEY: 'quote a text that holds ": "',
  MULTILINE_IMPLICIT_KEY: 'a ":" may be missing after a key, or the indentation may be off',
};

/** The library may quote what it stumbled over. */
function withoutPasswords(message: string, text: string): string {
  return passwordsIn(text).reduce((left, password) => left.replaceAll(password, () => mask), message);
}

/** The YAML library's message in our form. */
function sentence(message: string): string {
  return `YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
