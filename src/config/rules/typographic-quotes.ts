import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { textsIn } from '../references/places.ts';
import { fileRule } from './file-rule.ts';

const opening = '[“”„«‘’‚]';
const closing = '[“”»‘’]';
const quotedText = new RegExp(`^${opening}.*${closing}$`, 's');

/** Word processors and chats write such quotation marks in the place of those of YAML; here they are part of a text. */
export const typographicQuotes = fileRule(function* ({ whole, place }) {
  for (const { text, place: at, use } of textsIn(whole, place)) {
    if (['sql', 'bound', 'options', 'facts', 'text'].includes(use.purpose) || !quotedText.test(text))
      continue;
    yield {
      code: codes.yamlSyntax,
      severity: 'warning',
      message: 'these quotation marks are no quotation marks in YAML: they are part of the text',
      hint: 'write " or \' in their place',
      place: at,
    } satisfies Diagnostic;
  }
});
