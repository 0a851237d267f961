import { foreign } from '../model/errors/secrets.ts';
import { NotS3 } from './answers.ts';
import { serviceLabel, type BucketUser } from './errand.ts';
import { answerToRunError } from './explain-answer.ts';
import type { Patience } from './retry.ts';
import { ProxyFailed } from './tunnel.ts';

/** The milliseconds up to which a wait is not worth a line. */
const quiet = 4000;

/**
 * Returns the patience of all requests to one bucket, which reports an outage in one line: what is waited for, why, and for
 * how long at most. However many readers wait, the line comes once, and again only after a request was answered.
 */
export function reportingOutages(
  settings: Patience,
  user: BucketUser,
  report: (line: string) => void,
): Patience {
  let isReported = false;
  return {
    ...settings,
    failing(error, elapsed) {
      if (isReported || elapsed < quiet) return;
      isReported = true;
      const limit = Math.round(settings.outage / 1000);
      report(`${serviceLabel(user)} does not work (${reasonOf(error)}); trying for ${limit} s`);
    },
    working() {
      isReported = false;
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof NotS3) return answerToRunError(error);
  // The code is the proxy's, not the service's.
  if (error instanceof ProxyFailed) return error.message;
  const { code, Code, name, message, $metadata } = error as Error & {
    code?: string;
    Code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  if ($metadata?.httpStatusCode !== undefined) return foreign(Code ?? name);
  return foreign(code ?? message);
}
