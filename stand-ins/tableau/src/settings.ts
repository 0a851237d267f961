const mebibyte = 1024 * 1024;

/** Everything about the server that differs between sites and versions, or that public material leaves open. */
export interface Settings {
  /** The newest REST API version it speaks; a higher one in a path is an unknown resource. */
  apiVersion: string;
  productVersion: string;
  /** `ns0` writes answers as `<ns0:tsResponse>`; readers must go by namespace, not by prefix. */
  namespacePrefix: '' | 'ns0';
  /** Minutes without a call after which a session ends (240 on Server, 120 on Cloud). */
  sessionIdleMinutes: number;
  /** Days without a sign-in after which a personal access token no longer works. */
  tokenIdleDays: number;
  /** True if a sign-in with a personal access token ends the session that this token had before, as servers do. */
  oneSessionPerToken: boolean;
  /** With multi-factor authentication (Cloud) user and password are refused. */
  multiFactor: boolean;
  /** The code for a path whose site is not the token's. Not settled by public material. */
  foreignSite: '404000' | '403004';
  /** The code for a connected-app session that lacks a scope. Not settled by public material. */
  missingScope: '401002' | '403004';
  /** The scope that may use an upload: another session of the same site or not. Not settled by public material. */
  uploadBoundTo: 'site' | 'session';
  uploadIdleMinutes: number;
  /**
   * The API version from which `sequenceID` orders appended blocks; below, it is ignored like any unknown parameter.
   */
  sequenceIdSince: string;
  /** The details that replacing a data source clears. Not settled by public material; nothing by default. */
  overwriteClears: readonly ('tags' | 'description' | 'certification')[];
  /** True if publish takes `description`, `isCertified` and `certificationNote`; older servers drop them in silence. */
  publishTakesDetails: boolean;
  revisionHistory: boolean;
  revisionLimit: number;
  /** The number of times that a job must be polled until it is reported as complete. */
  jobPolls: number;
  /** The seconds that a job takes at least, by the clock, beside the polls. */
  jobSeconds: number;
  maximumPageSize: number;
  singlePublishBytes: number;
  /** The answer to a single publish above the limit: the web tier's 413 or the API's 400. */
  singlePublishRefusal: 413 | 400;
  chunkBytes: number;
  blocksPerUpload: number;
  /** `api.server.extract-updates.max-size`: the payload of an update of data. */
  dataPayloadBytes: number;
  storageQuotaBytes: number;
  /**
   * The number of publications and updates of data that a site takes in any hour; further ones are refused with 429.
   * Tableau Cloud reportedly takes 600.
   */
  publicationsPerHour: number;
  /** Seconds that lists lag behind: what is newer is found by its id alone. */
  indexLagSeconds: number;
  /** The clock; tests move it to let sessions, uploads and tokens expire. */
  now: () => Date;
}

export const defaultSettings: Readonly<Settings> = {
  apiVersion: '3.27',
  productVersion: '2025.3.0',
  namespacePrefix: '',
  sessionIdleMinutes: 240,
  tokenIdleDays: 15,
  oneSessionPerToken: true,
  multiFactor: false,
  foreignSite: '404000',
  missingScope: '401002',
  uploadBoundTo: 'site',
  uploadIdleMinutes: 24 * 60,
  sequenceIdSince: '3.28',
  overwriteClears: [],
  publishTakesDetails: true,
  revisionHistory: true,
  revisionLimit: 25,
  jobPolls: 2,
  jobSeconds: 0,
  maximumPageSize: 1000,
  singlePublishBytes: 64 * mebibyte,
  singlePublishRefusal: 413,
  chunkBytes: 64 * mebibyte,
  blocksPerUpload: 1000,
  dataPayloadBytes: 100 * mebibyte,
  storageQuotaBytes: Number.POSITIVE_INFINITY,
  publicationsPerHour: Number.POSITIVE_INFINITY,
  indexLagSeconds: 0,
  now: () => new Date(),
};

export interface Version {
  major: number;
  minor: number;
}

/** Reads `3.27`; versions compare as pairs of integers (3.10 is newer than 3.9). */
export function parseVersion(text: string): Version | undefined {
  const match = /^(\d+)\.(\d+)$/.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

export function isAtLeast(version: Version, wanted: string): boolean {
  const other = parseVersion(wanted);
  if (other === undefined) throw new Error(`'${wanted}' is not a version`);
  return version.major !== other.major ? version.major > other.major : version.minor >= other.minor;
}
