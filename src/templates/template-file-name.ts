import type { Choice } from './template.ts';

export const kindOfName = (path: string): Choice['kind'] => (/\.twbx?$/i.test(path) ? 'twb' : 'tds');

/** Returns why a file with this name is no template; undefined if it may be one. */
export function refusalOfName(path: string): { message: string; hint: string } | undefined {
  if (/\.(?:tds|twb)x?$/i.test(path)) return undefined;
  return {
    message: `${path} is none of .tdsx, .tds, .twbx and .twb`,
    hint: 'a template is a data source or a workbook saved by Tableau Desktop',
  };
}
