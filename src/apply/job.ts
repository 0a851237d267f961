import type { AppliedRecord, AppliedTable, Artifacts } from '../model/world/applied-record.ts';
import type { Fingerprint } from '../model/world/fingerprint.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { PipelinePlan } from '../model/plan/plan.ts';
import type { DestinationPort, TemplatePort } from '../model/ports/destination-port.ts';
import type { ExtractPort } from '../model/ports/extract-port.ts';
import type { SnapshotPlaces } from '../model/ports/source-port.ts';
import type { SourcePort } from '../model/ports/source-port.ts';
import type { StatePort } from '../model/ports/state-port.ts';
import type { Horizon } from '../model/world/watermark.ts';

/** Everything that one pipeline needs to be applied; `run` opens the ports and hands them over. */
export interface Job {
  plan: PipelinePlan;
  pipeline: Pipeline;
  /** The pipeline's file, relative to the project's folder, with slashes. */
  file: string;
  /** The run that this is a part of, where it is noted. */
  run: string | undefined;
  /** The seal of the saved plan, where a shard of it is applied. */
  seal: string | undefined;
  /** The outputs of an item of `for_each`; undefined for other pipelines. */
  made: Artifacts | undefined;
  /** The record that the plan was made from, under the names of today, and the address that it is kept under. */
  seen: { record: AppliedRecord | undefined; version: string | undefined; address: string };
  /** The ports, by the name of the source. */
  sources: Readonly<Record<string, SourcePort>>;
  snapshotPlaces: Pick<SnapshotPlaces, 'take'>;
  /** Fingerprints of tables that continue by a cursor, as the plan saw them: newer ones would promise rows that were not read. */
  fingerprints: Readonly<Record<string, Fingerprint>>;
  /** Horizons of tables in which the plan found no late row, as it saw them. */
  horizons: Readonly<Record<string, Horizon>>;
  destinations: readonly DestinationPort[];
  /** The port of the template; undefined for a pipeline without one. */
  template: TemplatePort | undefined;
  extracts: ExtractPort;
  state: StatePort;
  define: (pipeline: Pipeline) => Definitions;
  tool: string;
  /** Returns the time that checks use as now. */
  now: () => Date;
  /** Keeps an extract that failed its checks beside its place. */
  keepRejected: boolean;
}

/** The canonical forms that the record keeps; made by plan/, which this room does not know. */
export interface Definitions {
  tables: Readonly<Record<string, AppliedTable['definition']>>;
  keys: string;
}
