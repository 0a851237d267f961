import type { Source } from '../model/pipeline.ts';
import type { SourcePort } from '../model/ports.ts';
import { openFiles } from './file/index.ts';
import { openPostgres } from './postgres/index.ts';

const kinds = {
  postgres: openPostgres,
  file: openFiles,
} satisfies { [Kind in Source['type']]: (source: Extract<Source, { type: Kind }>) => SourcePort };

export function openSource(source: Source): SourcePort {
  switch (source.type) {
    case 'postgres':
      return kinds.postgres(source);
    case 'file':
      return kinds.file(source);
  }
}
