import type { TableauProject } from '../../../../model/config/destination.ts';
import { nearest } from '../../../../model/base/nearest.ts';
import { Refused } from '../http/answer.ts';
import { isFilterable, isSameName } from './filter.ts';
import { patienceSeconds } from '../http/patience.ts';
import { Unclear } from '../http/persist.ts';
import type { Site } from '../site/site.ts';
import { childOf, requestXml, xml, type Element } from '../http/answer-xml.ts';

export interface Project {
  id: string;
  name: string;
  parentId: string | undefined;
  /** Names from the top. */
  path: readonly string[];
  /** False when the server says that we may not publish into it; undefined when it does not say. */
  isWriteable: boolean | undefined;
}

export type ProjectSearch =
  | { found: Project }
  /** The path ends at `under` (undefined: at the top); `rest` is what is not there. */
  | { missing: { under: Project | undefined; rest: readonly string[]; nearby: readonly string[] } }
  /** Several projects of one name side by side. */
  | { ambiguous: { name: string; count: number } };

/** Answers a question about projects, perhaps by an earlier answer. */
type Once = (question: string, ask: () => Promise<Project[]>) => Promise<Project[]>;

/** Looks a project up, level by level and exactly. */
export async function findProject(
  site: Site,
  wanted: TableauProject,
  signal: AbortSignal,
  once: Once,
): Promise<ProjectSearch> {
  if (wanted.kind === 'id') {
    const [found] = await once(`id ${wanted.id}`, () => withId(site, wanted.id, signal));
    return found === undefined ? { missing: { under: undefined, rest: [wanted.id], nearby: [] } } : { found };
  }
  let under: Project | undefined;
  for (const [level, name] of wanted.path.entries()) {
    const parent: Project | undefined = under;
    const question = `${name} in ${parent?.id ?? ''}`;
    const found = await once(question, () => childrenNamed(site, name, parent, signal));
    const [exact, ...others] = found;
    if (others.length > 0) return { ambiguous: { name, count: found.length } };
    if (exact === undefined) {
      const names = (await childrenOf(site, under, signal)).map((one) => one.name);
      return { missing: { under, rest: wanted.path.slice(level), nearby: nearby(name, names) } };
    }
    under = exact;
  }
  if (under === undefined) throw new Error('the path of a project is empty');
  return { found: under };
}

/** Creates a project; if another user created it first, returns theirs. */
export async function createProject(
  site: Site,
  name: string,
  under: Project | undefined,
  signal: AbortSignal,
): Promise<Project> {
  const body = requestXml(xml('project', { name, parentProjectId: under?.id }));
  try {
    const call = { kind: 'create-project', method: 'POST', path: ['projects'], body, signal } as const;
    const created = childOf(await site.call(call), 'project');
    if (created !== undefined) return projectOf(created, under);
  } catch (error) {
    const isThere = error instanceof Refused && error.code === '409006';
    if (!isThere && !(error instanceof Unclear)) throw error;
    const found = await waitForProject(site, name, under, signal);
    if (found !== undefined) return found;
    throw error instanceof Unclear ? error.cause : error;
  }
  throw new Error('the server answered a creation without a project');
}

/** A project that the server has may be missing in its lists for a while. */
async function waitForProject(
  site: Site,
  name: string,
  under: Project | undefined,
  signal: AbortSignal,
): Promise<Project | undefined> {
  const deadline = site.clock.now() + patienceSeconds * 1000;
  for (let pause = 1000; ; pause = Math.min(15_000, pause * 1.5)) {
    const [found] = await childrenNamed(site, name, under, signal);
    if (found !== undefined || site.clock.now() >= deadline) return found;
    await site.clock.sleep(pause, signal);
  }
}

/** There is no call for one project that a reader may make, so all are asked for. */
async function withId(site: Site, id: string, signal: AbortSignal): Promise<Project[]> {
  const all = (await query(site, undefined, signal)).map((element) => projectOf(element, undefined));
  return all.filter((project) => project.id === id).map((found) => ({ ...found, path: pathOf(found, all) }));
}

/** The path of a project for people, where all are known. */
export async function pathOfProject(site: Site, id: string, signal: AbortSignal): Promise<readonly string[]> {
  const [found] = await withId(site, id, signal);
  return found?.path ?? [];
}

function pathOf(project: Project, all: readonly Project[]): string[] {
  const path: string[] = [];
  // A circle cannot be, but must not hang us.
  for (let at: Project | undefined = project; at !== undefined && path.length < 100;) {
    path.unshift(at.name);
    const { parentId }: Project = at;
    at = parentId === undefined ? undefined : all.find(({ id }) => id === parentId);
  }
  return path;
}

async function childrenNamed(
  site: Site,
  name: string,
  under: Project | undefined,
  signal: AbortSignal,
): Promise<Project[]> {
  const known = isFilterable(name)
    ? await query(site, [`name:eq:${name}`, ...below(under)].join(','), signal)
    : await query(site, below(under)[0], signal);
  return known
    .map((element) => projectOf(element, under))
    .filter((one) => one.name === name && isIn(one, under));
}

async function childrenOf(site: Site, under: Project | undefined, signal: AbortSignal): Promise<Project[]> {
  const filter = under === undefined ? 'topLevelProject:eq:true' : below(under)[0];
  const known = await query(site, filter, signal);
  return known.map((element) => projectOf(element, under)).filter((one) => isIn(one, under));
}

const below = (under: Project | undefined) => (under === undefined ? [] : [`parentProjectId:eq:${under.id}`]);
const isIn = (project: Project, under: Project | undefined) => project.parentId === under?.id;

function query(site: Site, filter: string | undefined, signal: AbortSignal): Promise<Element[]> {
  const fields = { fields: '_all_', ...(filter === undefined ? {} : { filter }) };
  return site.list({ path: ['projects'], query: fields, signal }, 'projects', 'project');
}

function projectOf({ attributes }: Element, under: Project | undefined): Project {
  const { id = '', name = '', parentProjectId, writeable } = attributes;
  return {
    id,
    name,
    parentId: parentProjectId === undefined || parentProjectId === '' ? undefined : parentProjectId,
    path: [...(under?.path ?? []), name],
    isWriteable: writeable === undefined ? undefined : writeable === 'true',
  };
}

/**
 * Returns the names that the author of this name may have meant: the same in another case, the most alike, then the
 * first few.
 */
function nearby(name: string, names: readonly string[]): string[] {
  const alike = names.filter((other) => isSameName(other, name));
  const near = nearest(name, [...names]);
  return [...new Set([...alike, ...(near === undefined ? [] : [near]), ...names])].slice(0, 5);
}
