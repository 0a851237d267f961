import { getOwn } from '../../model/base/get-own.ts';
import { settleAll } from '../../model/base/settle-all.ts';
import type { DestinationObservation } from '../../model/world/observation.ts';
import type { Observing } from './observing.ts';

export async function observeDestinations({
  pipeline,
  world,
  places,
  applied,
  signal,
}: Observing): Promise<DestinationObservation[]> {
  const ports = world.destinationsOf(pipeline);
  return settleAll(
    ...ports.map((port, index) => {
      const { shown = '' } = pipeline.destinations[index] ?? {};
      const sent = getOwn(applied?.pending?.deliveries, shown)?.sent;
      const last = getOwn(applied?.destinations, shown);
      const observe = () => port.observe({ last, sent }, signal);
      return port.gathers === true ? observe() : places.destinations(observe);
    }),
  );
}
