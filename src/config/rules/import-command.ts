import { shellWord } from '../../model/base/shell-word.ts';
import { valueAt } from '../drafts/written-names.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';

/**
 * Returns the command that prints the columns of a table with their types; undefined if its source is not known. It names what the
 * file names: of variables it knows no value.
 */
export function importCommand(draft: PipelineDraft, table: string): string | undefined {
  const from = (key: string) => textAt(draft, 'tables', table, 'from', key);
  const name = from('source') ?? '';
  const source = draft.sources.get(name)?.settings;
  const of = (key: string) => textAt(draft, 'sources', name, key);
  switch (source?.type) {
    case 'postgres': {
      const [, variable = 'NAME'] = /^\$\{(?:env|secret)\.(\w+)\}$/.exec(of('url') ?? '') ?? [];
      const connection = of('connection');
      const database =
        connection === undefined ? `--url-env ${variable}` : `--connection ${shellWord(connection)}`;
      const relation = from('table');
      const what = relation === undefined ? '--query SQL' : `--table ${shellWord(relation)}`;
      return `extracts import postgres ${database} ${what} --out -`;
    }
    case 'file':
      return `extracts import ${kindOf(of('path'), of('format'))} ${fileWord(of('path'))} --out -`;
    case 's3': {
      const [bucket, match] = [of('bucket'), of('match')];
      const known = bucket === undefined || match === undefined ? undefined : `s3://${bucket}/${match}`;
      return `extracts import ${kindOf(match, of('format'))} ${fileWord(known)} --out -`;
    }
    case undefined:
      return undefined;
  }
}

function textAt(draft: PipelineDraft, ...path: readonly string[]): string | undefined {
  const value = valueAt(draft, ...path);
  return typeof value === 'string' ? value : undefined;
}

function kindOf(path: string | undefined, format: string | undefined): 'csv' | 'parquet' {
  return format === 'parquet' || /\.parquet$/i.test(path ?? '') ? 'parquet' : 'csv';
}

/** A path with a reference in it cannot be typed. */
function fileWord(path: string | undefined): string {
  return path === undefined || path.includes('${') ? 'FILES' : shellWord(path);
}
