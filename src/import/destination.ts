import path from 'node:path';
import type * as Written from '../model/config/written.gen.ts';
import { kindOfName } from '../templates/template-file-name.ts';

/** Where the pipeline delivers to. */
export type DeliverTo = { kind: 'file' } | { kind: 'tableau'; project: string | undefined };

/**
 * Returns the destination as it is written. A file goes to the folder `out` of the project; the server and its token come from
 * variables, so that no secret is in the file.
 */
export function destinationOf(
  to: DeliverTo,
  { name, template }: { name: string; template: Written.Template | undefined },
  { folder, cwd }: { folder: string; cwd: string },
): Written.Destination {
  if (to.kind === 'file') {
    const file = path.join(cwd, 'out', `${name}${extensionOf(template)}`);
    return { type: 'file', path: path.relative(folder, file).replaceAll('\\', '/') };
  }
  return {
    type: 'tableau',
    server: '${env.TABLEAU_SERVER}',
    site: '${env.TABLEAU_SITE:-}',
    auth: {
      token_name: '${env.TABLEAU_TOKEN_NAME}',
      token_secret: '${secret.TABLEAU_TOKEN_SECRET}',
    },
    ...(to.project !== undefined && { project: to.project.replaceAll('${', () => '$${') }),
  };
}

/** A template makes a package of its own kind. */
function extensionOf(template: Written.Template | undefined): string {
  if (template === undefined) return '.hyper';
  return 'file' in template && kindOfName(template.file) === 'twb' ? '.twbx' : '.tdsx';
}
