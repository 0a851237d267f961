import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import type { LoadedFile } from './loaded-file.ts';
import { parserText, syntaxError } from './syntax-error.ts';
import { parseTree, spanAt } from './yaml-tree.ts';
import { plainValue, TreeProblem } from './tree-problems.ts';

export function loadYaml(file: string, absolute: string, text: string): LoadedFile {
  const tree = parseTree(text);
  const { document } = tree;
  const loaded = { file, absolute, text };
  const place = (from: number, to: number) => ({ file, pointer: '', span: spanAt(tree, from, to) });

  const [first] = document.errors;
  if (first !== undefined) {
    const { range, ...found } = syntaxError(first, tree);
    return { ...loaded, value: undefined, diagnostics: [{ ...found, place: place(...range) }] };
  }
  const diagnostics: Diagnostic[] = tree.duplicates.flatMap(({ at, first }) => {
    const key = /^"[^"]*"|^'[^']*'|^[^:\n]*/.exec(text.slice(at))?.[0].trimEnd() ?? '';
    // The rest of a type that its comma has split, which is reported with its column.
    if (/^\d+\s*\)/.test(key) && /\(\s*\d+\s*,\s*$/.test(text.slice(0, at))) return [];
    return [
      {
        code: codes.duplicateKey,
        severity: 'error',
        message: `${key} is written twice in the same map: first in line ${tree.lines.linePos(first).line}`,
        hint: 'remove one of them, or give it another name',
        place: place(at, at + key.length),
      },
    ];
  });
  for (const { message, pos } of document.warnings) {
    diagnostics.push({
      code: codes.yamlSyntax,
      severity: 'error',
      message: parserText(message, text),
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
      ...(problem.hint !== undefined && { hint: problem.hint }),
      place: place(from, to),
    };
    return { ...loaded, value: undefined, diagnostics: [...diagnostics, found] };
  }
}
