import { getOwn } from '../../model/base/get-own.ts';
import { settleAll } from '../../model/base/settle-all.ts';
import type { DestinationObservation } from '../../model/world/observation.ts';
import type { Observing } from './observing.ts';

export async function observeDestinations({
  pipeline,
  world,
  applied,
  signal,
}: Observing): Promise<DestinationObservation[]> {
  const ports = world.destinationsOf(pipeline);
  return settleAll(
    ...ports.map((port, index) => {
      const { shown = '' } = pipeline.destinations[index] ?? {};
      const sent = getOwn(applied?.pending?.deliveries, shown)?.sent;
      return port.observe({ last: getOwn(applied?.destinations, shown), sent }, signal);
    }),
  );
}
