import type { PipelinePlan, PlanSummary } from '../model/plan/plan.ts';
import { sum } from './estimates.ts';

/** Counts what pipelines will do, and adds up what it costs. */
export function summarize(all: readonly PipelinePlan[]): PlanSummary {
  const pipelines = all.filter(({ blockedBy }) => blockedBy === undefined);
  const count = (...actions: PipelinePlan['action'][]) =>
    pipelines.filter(({ action }) => actions.includes(action)).length;
  const building = pipelines.filter(({ action }) => action === 'create' || action === 'rebuild');
  const rows = sum(building.map(({ estimates }) => estimates.rows));
  const bytes = sum(building.map(({ estimates }) => estimates.bytes));
  const extracts = sum(building.map(({ estimates }) => estimates.extract));
  const uploads = pipelines.flatMap(({ estimates }) => estimates.upload ?? []);
  const uploaded = sum(uploads.map((upload) => upload.bytes));
  return {
    create: count('create'),
    change: count('rebuild', 'deliver', 'record'),
    unchanged: count('none'),
    blocked: all.length - pipelines.length,
    ...(rows && { rows }),
    ...(bytes && { bytes }),
    ...(extracts && { extracts }),
    ...(uploaded && {
      upload: { bytes: uploaded, requests: uploads.reduce((total, { requests }) => total + requests, 0) },
    }),
    breaking: all.flatMap(({ changes }) =>
      changes.filter(({ category }) => category === 'breaking').map(({ address }) => address),
    ),
  };
}
