import { readFileSync } from 'node:fs';
import type { Destination, TableauConnection, TableauDestination } from '../../model/config/destination.ts';
import type { DestinationPort } from '../../model/ports/destination-port.ts';
import type { ExtractPort } from '../../model/ports/extract-port.ts';
import { limitConcurrency } from '../../model/base/limit.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { realClock, type Clock } from './client/http/clock.ts';
import { Refused } from './client/http/answer.ts';
import { KeptConnections } from './client/http/kept-connections.ts';
import type { Wait } from './client/http/persist.ts';
import type { Variables } from '../../model/base/proxy.ts';
import { openSession, type Session } from './client/site/session.ts';
import { openSite } from './client/site/open-site.ts';
import type { Site } from './client/site/site.ts';
import { openTransport } from './client/http/transport.ts';
import { describeTableau } from './describe-site.ts';
import { toRunError } from './client/errors.ts';
import { observeTableau, type Together } from './observe.ts';
import { removePublication, existingPublication } from './remove.ts';
import { openListings } from './target/listings.ts';
import { cacheProjects, type SeenProjects } from './target/seen-projects.ts';
import type { LeaseToken } from './client/site/token-lease.ts';
import { openTurns, type PublishRate, type Turns } from './publish/turns.ts';
import { writeTableau } from './write.ts';

export interface TableauSettings {
  variables: Variables;
  /** Hears of what must never be shown. */
  registerSecret: (value: string) => void;
  /** Plans without asking the server. */
  offline: boolean;
  /** Divides an extract into what one update takes. */
  split: ExtractPort['split'];
  /** The most requests at once while destinations are observed. */
  parallel?: number;
  clock?: Clock;
  /** Hears of waits that users notice. */
  onWait: (wait: Wait) => void;
  /** Ends waiting for a server: signing in belongs to no step, so it ends with the run. */
  signal?: AbortSignal;
  /** Takes a token for this process alone; by default others are not asked. */
  leaseToken?: LeaseToken;
  /** Limits what is published on each site; without it nothing does. */
  publishRate?: PublishRate | undefined;
}

export interface TableauDestinations {
  /** Hears which destinations will be observed next, in this order. */
  expect(destinations: readonly Destination[]): void;
  open(destination: TableauDestination): DestinationPort;
  /** Signs out of all sites. */
  close(): Promise<void>;
}

const neverAborts = new AbortController().signal;

/** Leases tokens of a process that is alone: none is in use elsewhere. */
const unleased: LeaseToken = ({ names: [name = ''] }) =>
  Promise.resolve({
    name,
    lost: neverAborts,
    confirm: () => Promise.resolve(),
    release: () => Promise.resolve(),
  });

const usualParallel = 4;

/** The Tableau destinations of a process. Those with the same identity share one session. */
export function openTableauDestinations(settings: TableauSettings): TableauDestinations {
  const sessions = new Map<string, Session>();
  const { parallel = usualParallel } = settings;
  const projects = cacheProjects(settings.signal ?? neverAborts);
  const together: Together = {
    seeProject: projects.see,
    listings: openListings(),
    turn: limitConcurrency(parallel),
  };
  const turns = openTurns(settings.publishRate, settings.clock ?? realClock);
  const connections = new Map<string | undefined, KeptConnections>();
  const keptFor = (ca: string | undefined) => {
    const kept = connections.get(ca) ?? new KeptConnections();
    connections.set(ca, kept);
    return kept;
  };
  const siteOf = (destination: TableauDestination): Site => {
    const { connection } = destination;
    const { clock = realClock, variables, registerSecret, signal = neverAborts, onWait } = settings;
    const { leaseToken = unleased } = settings;
    const ca = readAuthority(connection);
    const transport = openTransport({
      ca,
      variables,
      kept: keptFor(ca),
      timeout: connection.timeout * 1000,
    });
    const caller = { transport, clock, onWait };
    const { server, site, auth } = connection;
    const key = JSON.stringify([server, site, auth]);
    const session =
      sessions.get(key) ?? openSession({ ...caller, connection, registerSecret, leaseToken, signal });
    sessions.set(key, session);
    return openSite(connection, session, caller);
  };
  return {
    expect: (destinations) => together.listings.expect(destinations),
    open: (destination) =>
      openTableauDestination(destination, { siteOf, together, projects, turns }, settings),
    async close() {
      await Promise.all([...sessions.values()].map((session) => session.close()));
      sessions.clear();
      projects.forget();
      for (const kept of connections.values()) kept.destroy();
    },
  };
}

/** The parts of a process that its destinations share. */
interface Shared {
  siteOf: (destination: TableauDestination) => Site;
  together: Together;
  projects: SeenProjects;
  turns: Turns;
}

function openTableauDestination(
  destination: TableauDestination,
  { siteOf, together, projects, turns }: Shared,
  { offline, split }: TableauSettings,
): DestinationPort {
  let opened: Site | undefined;
  const translated = async <Result>(use: (site: Site) => Promise<Result>): Promise<Result> => {
    try {
      return await use((opened ??= siteOf(destination)));
    } catch (error) {
      if (error instanceof Refused && error.code === '404005') projects.forget();
      throw toRunError(error, destination);
    }
  };
  return {
    gathers: true,
    async observe(known, signal) {
      if (offline) return { type: 'tableau', looked: false, project: undefined, found: undefined };
      try {
        return await translated((site) =>
          observeTableau(site, destination, { ...known, ...together }, signal),
        );
      } catch (error) {
        // Not to see it is no failure of a plan.
        if (!(error instanceof RunError) || error.code !== 'EXT5122') throw error;
        const unseen = { type: 'tableau', looked: false, project: undefined, found: undefined } as const;
        return { ...unseen, because: error.message };
      }
    },
    write: (extract, delivery) => {
      const enter = turns.enterFor(destination.connection, delivery);
      const sending = { ...delivery, split, enter, seeProject: projects.see };
      return translated((site) => writeTableau(site, destination, extract, sending));
    },
    describe: (last, signal) =>
      translated((site) => describeTableau(site, destination, last, { seeProject: projects.see, signal })),
    existing: (last, signal) =>
      offline ? Promise.resolve('ours') : translated((site) => existingPublication(site, last, signal)),
    remove: (last, signal) => translated((site) => removePublication(site, last, signal)),
  };
}

function readAuthority({ ca }: TableauConnection): string | undefined {
  if (ca === undefined) return undefined;
  try {
    return readFileSync(ca, 'utf8');
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    throw new RunError('EXT5102', `cannot read the certificate authority ${ca} (${code})`, {
      hint: 'ca: is the path of a PEM file',
      cause: error,
    });
  }
}
