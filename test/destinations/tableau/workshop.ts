import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { openHyper } from '../../../src/hyper/index.ts';
import { openSamples, type Samples } from '../../../stand-ins/tableau/test/samples.ts';
import { defaultSettings } from '../../../stand-ins/tableau/src/settings.ts';
import { startTableauStandIn, type TableauStandIn } from '../../../stand-ins/tableau/src/stand-in.ts';
import { openHastily, type Opened } from './support.ts';

/** What the tests of a file share. */
export interface Workshop {
  standIn: TableauStandIn;
  samples: Samples;
  /** The destinations of the test that runs. */
  readonly opened: Opened;
  /** Those of another process: nothing is shared with the ones before. */
  reopen(variables?: Record<string, string>): Opened;
}

/**
 * A stand-in and samples for all tests of a file. Each test finds the site as it was seeded, without faults, and
 * leaves no defect behind.
 */
export async function openWorkshop(): Promise<Workshop> {
  const standIn = await startTableauStandIn();
  const samples = await openSamples();
  const engine = openHyper({ env: {} });
  const { control } = standIn;
  const seeded = control.world.projects.map((project) => ({ ...project }));
  let opened: Opened[] = [];
  const reopen = (variables?: Record<string, string>) => {
    const one = openHastily(standIn, (file, most, signal) => engine.split(file, most, signal), variables);
    opened.unshift(one);
    return one;
  };
  beforeEach(() => {
    control.configure(defaultSettings);
    control.world.dataSources = [];
    control.world.workbooks = [];
    control.world.projects = seeded.map((project) => ({ ...project }));
    control.world.dataUpdates.clear();
    control.world.sessions.clear();
    opened = [];
    reopen();
  });
  afterEach(async () => {
    control.faults.clear();
    for (const { destinations } of opened) await destinations.close();
    await control.settled();
    expect(control.defects).toEqual([]);
  });
  afterAll(async () => {
    await standIn.close();
    await samples.close();
    await engine.close();
  });
  return {
    standIn,
    samples,
    reopen,
    get opened() {
      const [newest] = opened;
      if (newest === undefined) throw new Error('no test runs');
      return newest;
    },
  };
}
