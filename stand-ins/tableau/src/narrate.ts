import type { Happening } from './call.ts';

/** One line for people about one thing that arrived. */
export function narrate(happening: Happening): string {
  switch (happening.what) {
    case 'signed-in':
      return `sign in: ${happening.user} on site '${happening.site}' by ${happening.by}`;
    case 'signed-out':
      return `sign out: ${happening.user}`;
    case 'projects-looked-up':
      return `projects looked up: ${happening.filter || 'all'} (${happening.found} found)`;
    case 'project-created':
      return `project created: ${happening.path}`;
    case 'upload-begun':
      return `upload begun: ${happening.upload}`;
    case 'chunk-received':
      return `upload chunk ${happening.block}: ${inMegabytes(happening.size)}, ${inMegabytes(happening.total)} so far`;
    case 'published': {
      const { noun, name, project, size, revision, mode } = happening;
      return `${noun} ${mode}: '${name}' in ${project}, ${inMegabytes(size)}, revision ${revision}`;
    }
    case 'data-updated':
      return `data updated: '${happening.name}' by ${happening.actions}`;
    case 'job-failed':
      return `job failed: ${happening.type}: ${happening.reason}`;
    case 'deleted':
      return `deleted: '${happening.name}'`;
  }
}

function inMegabytes(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`;
}
