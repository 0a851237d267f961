import type { Destination, TableauDestination } from '../../model/config/destination.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import { siteLabel } from '../../destinations/tableau/client/site-label.ts';
import type { Ports } from '../open-ports.ts';
import { findingOf, type Check, type Finding } from './finding.ts';

/** Returns a check for each file and for each project of a Tableau site. */
export function destinationChecks(pipelines: readonly Pipeline[], world: Ports): Check[] {
  const checks = new Map<string, Check>();
  for (const destination of pipelines.flatMap(({ destinations }) => destinations)) {
    const subject = subjectOf(destination);
    const key = destination.type === 'file' ? destination.path : keyOf(destination);
    if (checks.has(key)) continue;
    checks.set(key, { subject, look: (signal) => lookAt(destination, subject, world, signal) });
  }
  return [...checks.values()];
}

/** Destinations with the same identity and project are asked once. */
function keyOf({ connection, project }: TableauDestination): string {
  const { server, site, auth, ca } = connection;
  return JSON.stringify([server, site, auth, ca, project]);
}

const subjectOf = (destination: Destination) =>
  destination.type === 'file' ? destination.shown : siteLabel(destination.connection);

async function lookAt(
  destination: Destination,
  subject: string,
  world: Ports,
  signal: AbortSignal,
): Promise<Finding[]> {
  const seen = await world.destinationOf(destination).observe({ last: undefined }, signal);
  if (seen.type === 'file') {
    if (seen.problem !== undefined) return findingOf(seen.problem);
    return [{ status: 'ok', text: `${subject} can be written` }];
  }
  if (!seen.looked) {
    const hint = 'run again when that run has ended, or give plans a token of their own';
    return [{ status: 'warn', text: seen.because ?? `${subject} was not asked`, code: 'EXT5122', hint }];
  }
  if (seen.problem !== undefined) return findingOf(seen.problem);
  const project =
    seen.project === undefined ? 'its project will be made' : `project "${seen.project}" is there`;
  return [{ status: 'ok', text: `${subject}: signed in, ${project}` }];
}

/** Returns a check for each template that is a file. */
export function templateChecks(pipelines: readonly Pipeline[], world: Ports): Check[] {
  return pipelines.flatMap((pipeline) => {
    const { template } = pipeline;
    if (template?.kind !== 'file') return [];
    const subject = `template ${template.shown}`;
    return {
      subject,
      async look(signal) {
        const seen = await world.templateOf(pipeline)?.observe(signal);
        const misfits = (seen?.misfits ?? []).flatMap(findingOf);
        if (misfits.some(({ status }) => status === 'fail')) return misfits;
        return [{ status: 'ok', text: `${subject} fits ${pipeline.address}` }, ...misfits];
      },
    };
  });
}
