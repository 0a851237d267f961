import { keysOf, type Place } from '../../model/errors/diagnostic.ts';
import { untrustedText, type GateView, type PlanView } from '../plan-view/index.ts';
import { copied } from './copied.ts';
import { element, together, type Markup } from './element.ts';
import { table } from './scroll-table.ts';

/** Returns the open and the allowed decisions of this run; nothing if there are none. */
export function renderGates({ gates: shown }: PlanView): Markup | undefined {
  if (shown.length === 0) return undefined;
  const closed = shown.filter(({ open }) => !open);
  const open = shown.filter((gate) => gate.open);
  return element(
    'section',
    { 'aria-labelledby': 'gates' },
    element('h2', { id: 'gates' }, 'Decisions'),
    closed.length === 0
      ? undefined
      : gateList('alert', `Blocked until ${closed.length === 1 ? 'this is' : 'these are'} decided`, closed),
    open.length === 0 ? undefined : gateList('alert open', 'Allowed in this run', open),
  );
}

function gateList(className: string, title: string, shown: readonly GateView[]): Markup {
  return element(
    'div',
    { class: className },
    element('h3', {}, title),
    table(
      title,
      ['Gate', 'Where', 'Why', 'What allows it'],
      shown.map((gate) => [
        element('strong', {}, gate.label),
        element('code', {}, gate.address),
        gate.message,
        gate.isFlag ? copied(gate.remedy) : gate.remedy,
      ]),
    ),
  );
}

/** Errors and warnings that were found while planning. */
export function renderFindings({ findings }: PlanView): Markup | undefined {
  const shown = findings.filter(({ severity }) => severity !== 'note');
  if (shown.length === 0) return undefined;
  return element(
    'section',
    { 'aria-labelledby': 'findings' },
    element('h2', { id: 'findings' }, 'Errors and warnings'),
    element(
      'ul',
      {},
      ...shown.map(({ severity, code, message, hint, place }) =>
        element(
          'li',
          {},
          element('b', { class: severity === 'error' ? 'remove' : 'change' }, severity),
          ` ${message} [${code}]`,
          place === undefined ? undefined : renderPlace(place),
          hint === undefined ? undefined : element('p', { class: 'muted' }, hint),
        ),
      ),
    ),
  );
}

/** Returns the file and the setting in it: a plan does not know lines. */
function renderPlace(place: Place): Markup {
  const keys = keysOf(place);
  const setting = keys.length === 0 ? undefined : together(' at ', element('code', {}, keys.join('.')));
  return together(' in ', element('code', {}, place.file), setting);
}

/** Returns the things that an untrusted plan has not inspected. */
export function renderNotInspected({ notInspected }: PlanView): Markup | undefined {
  if (notInspected === undefined) return undefined;
  return element(
    'section',
    { 'aria-labelledby': 'unseen' },
    element('h2', { id: 'unseen' }, 'Not looked at'),
    element('p', {}, untrustedText),
    element('ul', {}, ...notInspected.map((one) => element('li', {}, one))),
  );
}
