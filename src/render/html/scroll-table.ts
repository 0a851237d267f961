import { element, type Child, type Markup } from './element.ts';

/**
 * Returns a table that scrolls on its own if it is too wide, also with the keyboard; on narrow screens it is a list.
 */
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
