import type { ApiVersion } from './api-version.ts';

/** The identity under which the server knows us, until it ends the session. */
export interface SignedIn {
  token: string;
  siteId: string;
  userId: string;
  /** `https://host`, after the redirect of the sign-in if there was one. */
  server: string;
  version: ApiVersion;
}
