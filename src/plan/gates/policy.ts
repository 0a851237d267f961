import { getOwn } from '../../model/base/get-own.ts';
import { isNameMatch } from '../../model/base/name-pattern.ts';
import { bytes as inBytes, grouped } from '../../model/base/numbers.ts';
import type { Estimate, Observation } from '../../model/world/observation.ts';
import type { Pipeline, Table } from '../../model/config/pipeline.ts';
import type { TableauDestination } from '../../model/config/destination.ts';
import type { Gate } from '../../model/plan/plan.ts';
import type { Policy } from '../../model/config/project.ts';
import { defineTable } from '../table/definition.ts';
import { grown } from '../table/growth.ts';

/**
 * Returns a gate for each rule of the project that a pipeline breaks. No flag opens these: either the pipeline or the
 * rule must change.
 */
export function policyGates(
  pipeline: Pipeline,
  observation: Observation,
  bytes: Estimate | undefined,
  policy: Policy,
): Gate[] {
  const gate = (rule: keyof typeof writtenAs, address: string, message: string): Gate => ({
    kind: 'policy',
    pipeline: pipeline.address,
    address,
    message,
    remedy: `policy.${writtenAs[rule]} in the project file`,
    open: false,
  });
  return [
    ...forbiddenColumns(pipeline, policy).map(({ address, pattern }) =>
      gate('forbiddenColumns', address, `no column may be named like ${pattern}`),
    ),
    ...undescribed(pipeline, policy).map((address) =>
      gate('requireDescription', address, 'needs a description'),
    ),
    ...disallowedProjects(pipeline, observation, policy).map(({ address, project }) =>
      gate('allowedProjects', address, `project ${project} is not among the allowed ones`),
    ),
    ...tooManyRows(pipeline, observation, policy).map(({ address, rows, most }) =>
      gate('maxRows', address, `${rows} rows are more than the allowed ${most}`),
    ),
    ...missingChecks(pipeline, policy).map(({ address, kind }) =>
      gate('requiredChecks', address, `needs a check of the kind ${kind}`),
    ),
    ...tooManyBytes(bytes, policy).map((message) => gate('maxBytes', pipeline.address, message)),
  ];
}

const writtenAs = {
  forbiddenColumns: 'forbidden_columns',
  requireDescription: 'require_description',
  allowedProjects: 'allowed_projects',
  maxRows: 'max_rows',
  maxBytes: 'max_bytes',
  requiredChecks: 'required_checks',
} as const satisfies Partial<Record<keyof Policy, string>>;

function forbiddenColumns({ address, tables }: Pipeline, { forbiddenColumns: patterns = [] }: Policy) {
  return tables.flatMap((table) =>
    table.columns.flatMap((column) => {
      const names = [column.name, ...(column.origin.kind === 'column' ? [column.origin.name] : [])];
      const pattern = patterns.find((one) => names.some((name) => isNameMatch(name, one)));
      return pattern === undefined ? [] : [{ address: `${address}.${table.name}.${column.name}`, pattern }];
    }),
  );
}

function undescribed(
  { address, description, tables }: Pipeline,
  { requireDescription: required = [] }: Policy,
): string[] {
  return [
    ...(required.includes('pipeline') && isEmpty(description) ? [address] : []),
    ...(required.includes('columns')
      ? tables.flatMap(({ name, columns }) =>
          columns
            .filter((column) => isEmpty(column.description))
            .map((column) => `${address}.${name}.${column.name}`),
        )
      : []),
  ];
}

const isEmpty = (text: string | undefined) => text === undefined || text.trim() === '';

function disallowedProjects(
  { address, destinations }: Pipeline,
  observation: Observation,
  { allowedProjects }: Policy,
) {
  if (allowedProjects === undefined) return [];
  return destinations.flatMap((destination, index) => {
    if (destination.type !== 'tableau') return [];
    const seen = observation.destinations[index];
    const project = projectOf(destination, seen?.type === 'tableau' ? seen.project : undefined);
    const isAllowed = allowedProjects.some((pattern) => isNameMatch(project, pattern));
    return isAllowed ? [] : [{ address: `${address} -> ${destination.shown}`, project }];
  });
}

/** Returns the path of the project; a project that is given by its id has a known path once the server was asked. */
function projectOf({ project }: TableauDestination, seen: string | undefined): string {
  return project.kind === 'path' ? project.path.join('/') : (seen ?? project.id);
}

function tooManyRows(pipeline: Pipeline, observation: Observation, { maxRows }: Policy) {
  const { address, tables } = pipeline;
  if (maxRows === undefined) return [];
  return tables.flatMap((table) => {
    const { name } = table;
    const rows = rowsOf(table, pipeline, observation);
    if (rows === undefined || rows.value <= maxRows) return [];
    return [
      {
        address: `${address}.${name}`,
        rows: `${rows.exact ? '' : '~'}${grouped(rows.value)}`,
        most: grouped(maxRows),
      },
    ];
  });
}

/** Returns a count, or else what the record and the counters of the source say, or what the source expects. */
function rowsOf(table: Table, { sources }: Pipeline, { tables, applied }: Observation): Estimate | undefined {
  const seen = getOwn(tables, table.name);
  const source = getOwn(sources, table.source);
  if (seen?.rows?.exact === true || source === undefined) return seen?.rows;
  return grown(seen, getOwn(applied?.tables, table.name), defineTable(table, source)) ?? seen?.rows;
}

function missingChecks({ address, tables }: Pipeline, { requiredChecks = [] }: Policy) {
  return tables.flatMap(({ name, checks }) =>
    requiredChecks
      .filter((kind) => !checks.some((check) => check.kind === kind))
      .map((kind) => ({ address: `${address}.${name}`, kind })),
  );
}

function tooManyBytes(size: Estimate | undefined, { maxBytes }: Policy): string[] {
  if (maxBytes === undefined || size === undefined || size.value <= maxBytes) return [];
  return [
    `${size.exact ? '' : '~'}${inBytes(size.value)} to read are more than the allowed ${inBytes(maxBytes)}`,
  ];
}
