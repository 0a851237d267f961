import { contentOf } from '../../../disk/content-hash.ts';
import { readProjectOnly } from '../../../config/index.ts';
import { keepSecret } from '../../../model/errors/secrets.ts';
import type { AppliedFile, AppliedRecord } from '../../../model/world/applied-record.ts';
import { openState } from '../../../state/index.ts';
import type { Env } from '../../env.ts';

/** The pipeline that has written a file, by the records of the project here. */
export interface Origin {
  pipeline: string;
  /** The file of the pipeline, relative to the project. */
  configuration?: string;
  /** The version of extracts that wrote the record. */
  tool: string;
}

/**
 * Returns the pipeline whose last apply left a file with this content, or undefined. Only state in a folder is asked:
 * looking at a file must not depend on a server.
 */
export async function findOrigin(file: string, size: number, env: Env): Promise<Origin | undefined> {
  const { project, diagnostics } = await readProjectOnly(undefined, {
    cwd: env.cwd,
    env: env.variables,
    registerSecret: keepSecret,
    unsetVariables: 'warning',
  });
  if (diagnostics.some(({ severity }) => severity === 'error') || project.state.type !== 'file')
    return undefined;
  const state = openState(project.state, { signal: env.signal, variables: env.variables });
  try {
    const addresses = await state.list();
    let content: string | undefined;
    for (const address of addresses) {
      const record = (await state.read(address).catch(() => undefined))?.record;
      const candidates = record === undefined ? [] : filesOf(record).filter((one) => one.size === size);
      if (record === undefined || candidates.length === 0) continue;
      content ??= await contentOf(file, env.signal);
      if (candidates.some((one) => one.content === content))
        return {
          pipeline: address,
          ...(record.file !== undefined && { configuration: record.file }),
          tool: record.tool,
        };
    }
    return undefined;
  } finally {
    await state.close();
  }
}

function filesOf({ extract, template, destinations }: AppliedRecord): AppliedFile[] {
  const delivered = Object.values(destinations).filter((one): one is AppliedFile => 'modified' in one);
  return [extract, ...(template === undefined ? [] : [template]), ...delivered];
}
