import { baseFor } from '../base-extract.ts';
import type { RunState } from '../run-state.ts';
import type { PerformStep } from './step.ts';

/** Begins the new extract, empty or as a copy of the last one. */
export const create: PerformStep<'create', RunState> = async (step, state, { signal }) => {
  const { extracts, pipeline } = state.job;
  const base = baseFor(state.job, step, signal);
  state.build = await extracts.build(pipeline.extract, pipeline.tables, signal, base);
  return {};
};
