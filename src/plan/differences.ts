import { getOwn } from '../model/base/get-own.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { Change } from '../model/plan/change.ts';
import type { Observation } from '../model/world/observation.ts';
import { planDestination, rewritingOf, type PlannedDestination } from './destination/plan-destination.ts';
import { publicationOf } from './destination/shared-sources.ts';
import { extractChanges, extractFindings } from './extract/extract-changes.ts';
import { planTemplate, type PlannedTemplate } from './extract/plan-template.ts';
import { referenceFindings } from './extract/references.ts';
import { differsInRowsAlone } from './extract/rows-alone.ts';
import { moveChanges } from './record/move-record.ts';
import { findBase, type Base } from './table/find-base.ts';
import { planTable } from './table/plan-table.ts';
import type { PlannedTable } from './table/planned-table.ts';
import { planRemovedTables } from './table/removed-tables.ts';
import type { Terms } from './terms.ts';

/** The differences between a pipeline as it is written and as it was observed, part by part. */
export interface Differences {
  /** Errors that block the pipeline, and findings about what was observed. */
  findings: readonly Diagnostic[];
  /** The extract to continue from, if a table can continue. */
  base: Base | undefined;
  /** Tables of the configuration, in its order. */
  tables: readonly PlannedTable[];
  /** Tables that are in the extract and no longer in the configuration. */
  removed: readonly PlannedTable[];
  /** Tables, columns and the pipeline itself that have another name than at the last apply. */
  moved: readonly Change[];
  /** Everything that differs in the extract: if anything does, it is built. */
  content: readonly Change[];
  /** Only rows of tables that continue from the staged extract can differ. */
  isRowsAlone: boolean;
  template: PlannedTemplate;
  destinations: readonly PlannedDestination[];
}

/** Compares each part of a pipeline with what was observed of it. */
export function diffPipeline(
  pipeline: Pipeline,
  observation: Observation,
  { decisions, skippedTables, publications = new Map() }: Terms,
): Differences {
  const template = planTemplate(pipeline, observation);
  const continues = pipeline.tables.some(({ load }) => load.kind !== 'full');
  const base = continues ? findBase(pipeline, observation) : undefined;
  const stay = skippedTables?.get(pipeline.address);
  const context = { base, full: decisions.full ?? false, ...(stay && { skippedTables: stay }) };
  const tables = pipeline.tables.map((table) => planTable(pipeline, table, observation, context));
  const removed = planRemovedTables(pipeline, observation);
  const moved = moveChanges(pipeline, observation.moves ?? []);
  const content = [
    ...moved.filter(({ subject }) => subject !== 'pipeline'),
    ...[...tables, ...removed].flatMap(({ changes }) => changes),
    ...extractChanges(pipeline, observation),
  ];
  const isRowsAlone = differsInRowsAlone(pipeline, observation, {
    base,
    tables: tables.map(({ plan }) => plan),
    changes: content,
    template,
  });
  const destinations = pipeline.destinations.map((destination, index) =>
    planDestination(destination, index, observation, {
      rewriting: rewritingOf(content.length > 0, isRowsAlone, template),
      publication: publicationOf(destination, publications),
    }),
  );
  const findings = [
    ...findingsOf(pipeline, observation),
    ...destinations.flatMap(({ diagnostics }) => diagnostics),
  ];
  return { findings, base, tables, removed, moved, content, isRowsAlone, template, destinations };
}

/** Returns the problems of the configuration and of what was observed, before anything is decided. */
function findingsOf(pipeline: Pipeline, observation: Observation): Diagnostic[] {
  return [
    ...referenceFindings(pipeline),
    ...pipeline.tables.flatMap(({ name }) => getOwn(observation.tables, name)?.problems ?? []),
    ...extractFindings(pipeline, observation.extract),
    ...observation.destinations.flatMap(({ problem }) => problem ?? []),
  ];
}
