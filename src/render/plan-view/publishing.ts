import { counted, roughDuration } from '../../model/base/numbers.ts';
import type { Plan } from '../../model/plan/plan.ts';

/** Says how long the publications on each site take at least, because of their rate. */
export function publishingOf({ publishing = [], shards }: Plan): string[] {
  const together = shards === undefined ? '' : ', whatever the number of shards';
  return publishing.map(
    ({ site, publications, perHour, leastSeconds }) =>
      `${counted(publications, 'publication')} to ${site}: at least ${roughDuration(leastSeconds)} (publish_per_hour: ${perHour})${together}`,
  );
}
