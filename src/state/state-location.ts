import path from 'node:path';
import { withEndpoint } from '../aws/endpoint.ts';
import { postgresPlace, shownDatabase } from './postgres/session.ts';
import { never } from '../model/base/never.ts';
import type { StateSettings } from '../model/config/project.ts';

/**
 * Names the place of the records in the same way in every checkout of the project, whose folder is `root`, for every user. An
 * endpoint that AWS's own settings name is part of it. Fails with a `RunError` if those settings cannot be used.
 */
export async function stateLocation(state: StateSettings, root: string): Promise<string> {
  if (state.type === 's3') {
    const { bucket, prefix, access } = await withEndpoint(state);
    return JSON.stringify([access.endpoint?.replace(/\/$/, ''), bucket, prefix]);
  }
  if (state.type === 'postgres')
    return JSON.stringify(['postgres', shownDatabase(state.url, state.place), state.schema]);
  const below = path.relative(root, state.path).split(path.sep);
  return below[0] === '..' || path.isAbsolute(below[0] ?? '') ? state.path : below.join('/');
}

/** Returns the place of the records for messages; a folder relative to another one. */
export function shownState(state: StateSettings, from: string): string {
  switch (state.type) {
    case 'file':
      return path.relative(from, state.path) || '.';
    case 's3':
      return `s3://${state.bucket}/${state.prefix}`;
    case 'postgres':
      return postgresPlace(state);
    default:
      return never(state);
  }
}
