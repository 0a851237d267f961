import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { S3Error } from './errors.ts';
import type { Position } from './listing.ts';

/** Tokens that a client can neither read nor make up, so that none can rely on what is in them. */
export interface ContinuationTokens {
  issue(position: Position): string;
  read(token: string): Position;
}

export function createContinuationTokens(): ContinuationTokens {
  const key = randomBytes(32);
  return {
    issue: (position) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const text = Buffer.concat([cipher.update(JSON.stringify(position)), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
    },
    read: (token) => {
      const bytes = Buffer.from(token, 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
        decipher.setAuthTag(bytes.subarray(12, 28));
        const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString();
        return JSON.parse(text) as Position;
      } catch {
        throw new S3Error('InvalidArgument', {
          message: 'The continuation token provided is incorrect',
          details: { ArgumentName: 'continuation-token' },
        });
      }
    },
  };
}
