import { performance } from 'node:perf_hooks';
import type { Table } from '../model/config/pipeline.ts';
import type { Snapshot, SourcePort } from '../model/ports/source-port.ts';
import { required } from './required.ts';

/** The sources of one pipeline run, each held at one moment. */
export class OpenSnapshots {
  readonly #bySource = new Map<string, Snapshot>();
  #opened: number | undefined;
  #heldSeconds: number | undefined;

  /**
   * Opens the sources of these tables, one after the other. Sources that are one port have one snapshot: two would wait for
   * each other where a server has connections for one.
   */
  async open(
    tables: readonly Table[],
    portOf: (source: string) => SourcePort,
    openPort: (port: SourcePort, tables: readonly Table[]) => Promise<Snapshot>,
  ): Promise<void> {
    this.#opened = performance.now();
    for (const port of new Set(tables.map(({ source }) => portOf(source)))) {
      const some = tables.filter(({ source }) => portOf(source) === port);
      const snapshot = await openPort(port, some);
      for (const { source } of some) this.#bySource.set(source, snapshot);
    }
  }

  of({ source }: Table): Snapshot {
    return required(this.#bySource.get(source), `snapshot of ${source}`);
  }

  /** Ends all snapshots, once: a snapshot keeps its server from cleaning up, so it is held for the reading only. */
  async end(): Promise<void> {
    if (this.#opened === undefined || this.#heldSeconds !== undefined) return;
    this.#heldSeconds = (performance.now() - this.#opened) / 1000;
    await Promise.all([...new Set(this.#bySource.values())].map((snapshot) => snapshot.end()));
  }

  /** Returns how long the sources were held; undefined until they have been released. */
  get heldSeconds(): number | undefined {
    return this.#heldSeconds;
  }
}
