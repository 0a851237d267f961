import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Happening } from './call.ts';
import type { Control } from './control.ts';
import { createControl } from './control.ts';
import { lazyHyper } from './extracts/hyper.ts';
import { createFaults } from './faults.ts';
import { createRequestLog } from './request-log.ts';
import type { Seed } from './seed.ts';
import { createWorld } from './seed.ts';
import { serve } from './serve.ts';
import type { Settings } from './settings.ts';
import { defaultSettings } from './settings.ts';
import { openStore } from './store.ts';

export interface StandInOptions {
  /** The port on 127.0.0.1; any free one if 0 or absent. */
  port?: number;
  settings?: Partial<Settings>;
  seed?: Seed;
  /** Hears of everything that arrives, for people who watch. */
  onHappening?: (happening: Happening) => void;
}

export interface TableauStandIn {
  /** Such as `http://127.0.0.1:40123`, without a slash at the end. */
  url: string;
  control: Control;
  /** Ends all connections and background work, stops the engine and removes every stored byte. */
  close: () => Promise<void>;
}

/**
 * Starts a server that speaks the part of Tableau's REST API that publishing needs, strictly: it accepts the requests
 * that real servers accept, answers with their codes and texts, keeps everything it receives, and fails on demand.
 */
export async function startTableauStandIn(options: StandInOptions = {}): Promise<TableauStandIn> {
  const world = createWorld({ ...defaultSettings, ...options.settings }, options.seed ?? {});
  const store = await openStore();
  const hyper = lazyHyper();
  const faults = createFaults();
  const log = createRequestLog();
  const defects: unknown[] = [];
  const control = createControl(world, { faults, log, defects });
  const tell = options.onHappening ?? (() => undefined);
  const onDefect = (error: unknown) => void defects.push(error);

  // Uploads may take longer than the five minutes that node grants a request.
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    // A client that goes away while it is answered is its own business.
    response.on('error', () => undefined);
    serve({ world, store, hyper, faults, log, tell, onDefect }, request, response).catch((error: unknown) => {
      if (!response.destroyed) onDefect(error);
      response.destroy();
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    await store.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    control,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await control.settled();
      await hyper.close();
      await store.close();
    },
  };
}
