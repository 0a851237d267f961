/** A version of the REST API; compared as two integers, for 3.10 is newer than 3.9. */
export interface ApiVersion {
  major: number;
  minor: number;
}

export function readVersion(text: string | undefined): ApiVersion | undefined {
  const match = /^(\d+)\.(\d+)$/.exec(text?.trim() ?? '');
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

export function isAtLeast({ major, minor }: ApiVersion, wantedMajor: number, wantedMinor: number): boolean {
  return major !== wantedMajor ? major > wantedMajor : minor >= wantedMinor;
}

export const showVersion = ({ major, minor }: ApiVersion) => `${major}.${minor}`;
