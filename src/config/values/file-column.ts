import { getOwn } from '../../model/base/get-own.ts';
import { addedSettings, readColumnType } from './column-text.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';

/** The text of a column that names files so that no two are alike. */
export function fileReference(kind: 'file' | 's3'): string {
  return kind === 's3' ? '${file.key}' : '${file.path}';
}

/** Returns the added column of a table that identifies the file of a row; undefined if there is none. */
export function fileColumn({ written, sources }: PipelineDraft, table: string): string | undefined {
  const found = getOwn(written.tables, table);
  const kind = found && sources.get(found.from.source)?.settings.type;
  if (kind !== 'file' && kind !== 's3') return undefined;
  const names = Object.entries(found?.add ?? {}).find(([, column]) => {
    const settings = addedSettings(column);
    const read = readColumnType(settings);
    const isText = !('problem' in read) && ['text', 'varchar'].includes(read.type.kind);
    return settings.from === fileReference(kind) && settings.pattern === undefined && isText;
  });
  return names?.[0];
}
