import { createHash } from 'node:crypto';

/** Returns the hash in hexadecimal digits. */
export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
