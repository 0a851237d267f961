/**
 * Returns the form of a name or path that is the same for all spellings that mean one file on this platform: the usual
 * file systems of macOS do not distinguish upper and lower case.
 */
export const asOneFile = (name: string): string =>
  process.platform === 'darwin' ? name.toLowerCase() : name;
