import path from 'node:path';
import { shellWord } from '../../model/base/shell-word.ts';
import type { Column } from '../../model/config/pipeline.ts';

/** Names the command that prints the columns of a file, as it is shown: its path is relative to the pipeline file. */
export function columnsCommand(kind: 'csv' | 'parquet', { place }: Column, shown: string): string {
  const file = shown.startsWith('s3://') ? shown : path.posix.join(path.dirname(place.file), shown);
  const word = path.isAbsolute(shown) ? shown : file;
  return `(all columns: extracts import ${kind} ${shellWord(word)} --out -)`;
}
