import type { AppliedRecord, AppliedTable, AppliedTemplate } from '../model/observation.ts';
import type { Table } from '../model/pipeline.ts';
import type { BuiltExtract, Delivered, Snapshot } from '../model/ports.ts';
import type { Definitions, Job } from './job.ts';
import type { TableReport } from './report.ts';
import { required } from './required.ts';

/** What the next plan will know of this run: what was rebuilt as it is now, everything else as it was known before. */
export function newRecord(
  job: Job,
  snapshotOf: (table: Table) => Snapshot,
  reports: readonly TableReport[],
  { built, packed }: { built: BuiltExtract | undefined; packed: BuiltExtract | undefined },
  delivered: ReadonlyMap<number, Delivered>,
): AppliedRecord {
  const { pipeline, seen, plan } = job;
  const definitions = job.define(pipeline);
  const rebuilt = plan.action !== 'deliver' && built !== undefined;
  const tables = rebuilt
    ? Object.fromEntries(
        pipeline.tables.map((table) => [
          table.name,
          appliedTable(table, snapshotOf(table), reports, definitions),
        ]),
      )
    : required(seen.record, 'record').tables;
  const extract = rebuilt
    ? {
        shown: pipeline.extract.shown,
        schema: pipeline.extract.schema,
        version: pipeline.extract.version,
        keys: definitions.keys,
        size: built.size,
        modified: built.modified,
      }
    : required(seen.record, 'record').extract;
  const destinations = Object.fromEntries(
    pipeline.destinations.map(({ shown }, index) => [
      shown,
      delivered.get(index) ?? required(seen.record?.destinations[shown], `record of ${shown}`),
    ]),
  );
  const template = packed === undefined ? seen.record?.template : appliedTemplate(job, packed);
  return {
    format: 1,
    tool: job.tool,
    address: pipeline.address,
    file: job.file,
    configuration: plan.basis.configuration,
    tables,
    extract,
    ...(pipeline.template === undefined || template === undefined ? {} : { template }),
    destinations,
    ...(job.made && { made: job.made }),
  };
}

function appliedTemplate({ plan, pipeline }: Job, { size, modified }: BuiltExtract): AppliedTemplate {
  const { shown, compression } = required(pipeline.template, 'template');
  const { sha256, unfit: accepted } = required(plan.template, 'template');
  return { shown, sha256, compression, size, modified, ...(accepted && { accepted }) };
}

function appliedTable(
  table: Table,
  snapshot: Snapshot,
  reports: readonly TableReport[],
  definitions: Definitions,
): AppliedTable {
  const report = required(
    reports.find(({ name }) => name === table.name),
    `report of ${table.name}`,
  );
  const fingerprint = snapshot.fingerprint(table);
  return {
    definition: required(definitions.tables[table.name], `definition of ${table.name}`),
    rows: report.rows,
    bytes: report.bytes,
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
}
