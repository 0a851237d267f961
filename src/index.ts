/**
 * The library: `import { readProject, plan, apply, show } from 'extracts'`. Everything that this file exports follows
 * semantic versioning; docs/library.md has an example. The command line is made of the same parts of run/.
 */
export { readProject } from './library/project.ts';
export { plan } from './library/plan.ts';
export { apply } from './library/apply.ts';
export { readPlan, show } from './library/show.ts';
export { ConfigurationError } from './library/configuration-error.ts';
export { RunError } from './model/errors/run-error.ts';
export type { FailureClass } from './model/errors/failure-class.ts';
export { UsageError } from './run/usage-error.ts';
export type { Project, ReadProject } from './library/project.ts';
export type { DividedPlanOptions, PlannedProject } from './library/plan.ts';
export type { ApplyOptions, PerformOptions } from './library/apply.ts';
export type { ApplyResult } from './library/result.ts';
export type { ApplyRun } from './library/apply-run.ts';
export type { ApplyEvent, Failure } from './library/events.ts';
export type { PlanOptions, ProjectOptions, ReadOptions } from './library/options.ts';
export type { ShowOptions } from './library/show.ts';
export type { Notice } from './run/context.ts';
export type { PlanDocument } from './run/plan-document.ts';
export type {
  ErrorDocument,
  LocatedDiagnostic,
  PipelineDocument,
  ReportDocument,
} from './run/report-document.ts';
