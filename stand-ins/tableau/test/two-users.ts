import { afterAll, beforeEach, expect } from 'vitest';

import { signedIn, type RawClient } from './raw-client.ts';
import { openSamples, type Samples } from './samples.ts';
import { defaultSettings } from '../src/settings.ts';
import { startTableauStandIn, type TableauStandIn } from '../src/stand-in.ts';

/** A stand-in with an administrator and a creator, both signed in, and samples to publish. */
export interface TwoUsers {
  standIn: TableauStandIn;
  samples: Samples;
  admin: RawClient;
  creator: RawClient;
}

/** Opens it for the tests of a file, each of which begins with an empty site and the usual settings. */
export async function openTwoUsers(): Promise<TwoUsers> {
  const samples = await openSamples();
  const standIn = await startTableauStandIn({
    seed: {
      users: [
        { name: 'admin', password: 'a', siteRole: 'SiteAdministratorCreator' },
        { name: 'creator', password: 'c', siteRole: 'Creator' },
      ],
    },
  });
  afterAll(async () => {
    await standIn.close();
    await samples.close();
    expect(standIn.control.defects).toEqual([]);
  });
  beforeEach(() => {
    standIn.control.configure(defaultSettings);
    standIn.control.world.dataSources = [];
    standIn.control.world.workbooks = [];
    for (const project of standIn.control.world.projects) project.publishers = 'everyone';
  });
  const admin = await signedIn(standIn.url, { credentials: { name: 'admin', password: 'a' } });
  const creator = await signedIn(standIn.url, { credentials: { name: 'creator', password: 'c' } });
  return { standIn, samples, admin, creator };
}
