import type { Source } from '../model/pipeline.ts';
import type { SourcePort } from '../model/ports.ts';
import { openFiles } from './file/index.ts';
import { openPostgres } from './postgres/index.ts';
import { openS3 } from './s3/index.ts';

const kinds = {
  postgres: openPostgres,
  file: openFiles,
  s3: openS3,
} satisfies { [Kind in Source['type']]: (source: Extract<Source, { type: Kind }>) => SourcePort };

export function openSource(source: Source): SourcePort {
  switch (source.type) {
    case 'postgres':
      return kinds.postgres(source);
    case 'file':
      return kinds.file(source);
    case 's3':
      return kinds.s3(source);
  }
}
