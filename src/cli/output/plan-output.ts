import path from 'node:path';
import { reasonOf } from '../../disk/reason.ts';
import { replaceFile } from '../../disk/replace.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { formatPlan, type PlanFormat } from '../../run/format-plan.ts';
import type { Env } from '../env.ts';

/**
 * The requested form of a plan. On stdout it is one of text, JSON, a list and Markdown; a page goes into a file beside any of
 * them.
 */
export interface OutputFlags {
  json?: boolean;
  markdown?: boolean;
  list?: boolean;
  /** A path, relative to the working directory. */
  html?: string;
  /** The heading of the page. */
  title?: string;
  verbose?: boolean;
}

/** Writes a plan that was just made, or read from a file. */
export async function writePlan(plan: Plan, flags: OutputFlags, env: Env): Promise<void> {
  const view = {
    color: env.color.out,
    verbose: flags.verbose ?? false,
    ...(env.width !== undefined && { width: env.width }),
  };
  const { html, title } = flags;
  if (html !== undefined) {
    const page = formatPlan(plan, { as: 'html', ...view, ...(title !== undefined && { title }) });
    await writePage(page, html, env);
  }
  env.out(formatPlan(plan, { as: formOf(flags), ...view }));
}

function formOf({ json, markdown, list }: OutputFlags): PlanFormat['as'] {
  if (json === true) return 'json';
  if (list === true) return 'list';
  return markdown === true ? 'markdown' : 'text';
}

/** Writes the page whole or not at all: a reader of the old page is not interrupted. */
async function writePage(page: string, file: string, { cwd }: Env): Promise<void> {
  try {
    await replaceFile(path.resolve(cwd, file), page);
  } catch (error) {
    throw new RunError('EXT6120', `cannot write the page ${file}: ${reasonOf(error)}`, { cause: error });
  }
}
