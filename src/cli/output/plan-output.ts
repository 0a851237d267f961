import path from 'node:path';
import { reasonOf } from '../../disk/reason.ts';
import { replaceFile } from '../../disk/replace.ts';
import { never } from '../../model/base/never.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { graphOfPlan } from '../../plan/pipeline-graph.ts';
import { renderHtml } from '../../render/html/page.ts';
import { renderMarkdown } from '../../render/markdown/plan.ts';
import { renderPlan } from '../../render/plan-text.ts';
import type { Env } from '../env.ts';
import { encodePlan } from '../../run/plan-document.ts';

/**
 * The requested form of a plan. On stdout it is one of text, JSON and Markdown; a page goes into a file beside any of
 * them.
 */
export interface OutputFlags {
  json?: boolean;
  markdown?: boolean;
  /** A path, relative to the working directory. */
  html?: string;
  verbose?: boolean;
}

/** Tells a plan, just made or read from a file. */
export async function writePlan(plan: Plan, flags: OutputFlags, env: Env): Promise<void> {
  if (flags.html !== undefined) await writePage(plan, flags.html, env);
  env.out(onStdout(plan, flags, env));
}

function onStdout(plan: Plan, flags: OutputFlags, env: Env): string {
  const form = flags.json === true ? 'json' : flags.markdown === true ? 'markdown' : 'text';
  switch (form) {
    case 'json':
      return encodePlan(plan);
    case 'markdown':
      return renderMarkdown(plan);
    case 'text':
      return renderPlan(plan, {
        color: env.color.out,
        verbose: flags.verbose ?? false,
        ...(env.width !== undefined && { width: env.width }),
      });
    default:
      return never(form);
  }
}

/** Writes the page whole or not at all: a reader of the old page is not interrupted. */
async function writePage(plan: Plan, file: string, env: Env): Promise<void> {
  const page = renderHtml(plan, graphOfPlan);
  try {
    await replaceFile(path.resolve(env.cwd, file), page);
  } catch (error) {
    throw new RunError('EXT6120', `cannot write the page ${file}: ${reasonOf(error)}`, { cause: error });
  }
}
