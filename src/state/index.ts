import { never } from '../model/base/never.ts';
import type { StatePort } from '../model/ports/state-port.ts';
import type { StateSettings } from '../model/config/project.ts';
import { openFileState } from './file/index.ts';
import { openPostgresState } from './postgres/index.ts';
import { openS3State, type S3StateOptions } from './s3/index.ts';

export { migrateState, type NamedState } from './migrate.ts';
export { shownState, stateLocation } from './state-location.ts';

export function openState(
  settings: StateSettings,
  options: Pick<S3StateOptions, 'job' | 'signal' | 'wait' | 'onWait' | 'variables' | 'outage'>,
): StatePort {
  switch (settings.type) {
    case 'file':
      return openFileState(settings.path, options.job, options);
    case 's3':
      return openS3State(settings, options);
    case 'postgres':
      return openPostgresState(settings, options);
    default:
      return never(settings);
  }
}
