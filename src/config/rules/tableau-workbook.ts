import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { problem } from '../problem.ts';
import { packageKind } from '../resolve/extract.ts';

/** Reports settings that workbooks do not have, and those that only workbooks have. */
export function* workbookRule(
  draft: PipelineDraft,
  settings: Written.TableauDestination,
  place: Place,
): Iterable<Diagnostic> {
  if (packageKind(draft) !== '.twbx') {
    if (settings.show_tabs === undefined) return;
    const message = 'show_tabs is for workbooks, and this pipeline publishes a data source';
    const hint = 'remove it, or use a workbook (.twbx, .twb) as the template';
    yield problem(codes.keyDoesNotApply, message, child(place, 'show_tabs'), { hint });
    return;
  }
  for (const { key, why, instead } of notOfWorkbooks(settings)) {
    const message = `the template is a workbook: ${why}`;
    yield problem(codes.keyDoesNotApply, message, child(place, key), { hint: instead });
  }
}

interface Misplaced {
  key: keyof Written.TableauDestination;
  why: string;
  instead: string;
}

function notOfWorkbooks(settings: Written.TableauDestination): Misplaced[] {
  const { method, mode, shared, certified, certification_note: note } = settings;
  const all: (Misplaced | false)[] = [
    method === 'update' && {
      key: 'method',
      why: 'its rows cannot be changed in place',
      instead: 'remove it: the workbook is published as a whole; or publish a data source (.tdsx, .tds)',
    },
    mode === 'append' && {
      key: 'mode',
      why: 'no rows can be added to it',
      instead: 'write mode: overwrite; or publish a data source without a template',
    },
    shared === true && {
      key: 'shared',
      why: 'one pipeline alone publishes it',
      instead:
        'remove it; to fill several data sources of a workbook, deliver it to a file first, and use that as template',
    },
    certified !== undefined && {
      key: 'certified',
      why: 'Tableau certifies data sources only',
      instead: 'remove it, or publish the data source of the workbook by itself and certify that',
    },
    note !== undefined &&
      certified === true && {
        key: 'certification_note',
        why: 'Tableau certifies data sources only',
        instead: 'remove it with certified',
      },
  ];
  return all.filter((one) => one !== false);
}
