import type { PlanDocument } from '../run/plan-document.ts';
import type { PublicEvent } from '../run/public-event.ts';
import type { LocatedDiagnostic } from '../run/report-document.ts';

export type { Failure } from '../run/public-event.ts';

/** An event of an apply, as plain data. The first event is `planned`. */
export type ApplyEvent =
  { type: 'planned'; plan: PlanDocument; diagnostics: readonly LocatedDiagnostic[] } | PublicEvent;
