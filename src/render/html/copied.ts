import { element, together, type Markup } from './element.ts';

/** Returns a text as code, with a button that copies it. The button is useless without the script, which shows it. */
export function copied(text: string): Markup {
  const button = { type: 'button', class: 'copy', hidden: 'hidden', 'data-copy': text };
  return together(
    element('code', {}, text),
    element('button', { ...button, 'aria-label': `Copy ${text}` }, 'Copy'),
  );
}
