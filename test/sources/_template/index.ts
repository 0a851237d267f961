import type { SourcePort } from '../../../src/model/ports/source-port.ts';
import { observeTable } from './observe.ts';
import { openTemplateSnapshot } from './read.ts';
import type { TemplateSource } from './source.ts';

/** Opens the source. Nothing is asked yet: a server that is down must not keep other pipelines from being planned. */
export function openTemplate(source: TemplateSource): SourcePort {
  return {
    observe: (requests) => Promise.all(requests.map(({ table }) => observeTable(source, table))),
    snapshot: (tables) => openTemplateSnapshot(source, tables),
    // Connections that are shared by all tables end here.
    close: () => Promise.resolve(),
  };
}
