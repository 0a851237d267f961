import { textsIn } from '../references/places.ts';
import { codes } from '../codes.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { fileRule } from './file-rule.ts';

/** References as shells, Windows, make, CI and templates of Jinja write them; each is the whole text. */
const spellings = [
  /^\$[A-Z_][A-Z0-9_]*$/,
  /^%[A-Z_][A-Z0-9_]*%$/,
  /^\$\([A-Za-z_]\w*\)$/,
  /^\$env:\w+$/i,
  /^\{\{.*\}\}$/s,
];

/** A reference of another tool is a plain text here, which a server would get as it is. */
export const otherReferences = fileRule(function* ({ whole, place }) {
  for (const { text, place: at, use } of textsIn(whole, place)) {
    if (['sql', 'bound', 'facts', 'pattern'].includes(use.purpose)) continue;
    if (!spellings.some((spelling) => spelling.test(text))) continue;
    const kind = use.purpose === 'secret' || use.purpose === 'url' ? 'secret' : 'env';
    yield {
      code: codes.unknownReference,
      severity: 'warning',
      message: 'this looks like a reference of another tool, and is taken as plain text',
      hint: `write a variable of the environment as \${${kind}.NAME}`,
      place: at,
    } satisfies Diagnostic;
  }
});
