import { element, type Child, type Markup } from './element.ts';

/** A table that scrolls by itself where it is too wide, which the keyboard can do, too; a list on narrow screens. */
export function table(label: string, head: readonly string[], rows: readonly (readonly Child[])[]): Markup {
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...head.map((one) => element('th', { scope: 'col' }, one)))),
      element(
        'tbody',
        {},
        ...rows.map((cells) =>
          element(
            'tr',
            {},
            ...cells.map((cell, index) => element('td', { 'data-label': head[index] }, cell)),
          ),
        ),
      ),
    ),
  );
}
