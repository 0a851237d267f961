import type { ApplyEvent as RunEvent } from '../apply/events.ts';
import type { Configuration } from '../config/index.ts';
import type { Span } from '../model/errors/diagnostic.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { PlanDocument } from '../run/plan-document.ts';
import { errorDocument, type ErrorDocument, type LocatedDiagnostic } from '../run/report-document.ts';

/** An event of an apply, as plain data. The first event is `planned`. */
export type ApplyEvent =
  | { type: 'planned'; plan: PlanDocument; diagnostics: readonly LocatedDiagnostic[] }
  | Exclude<RunEvent, { type: 'failed' }>
  /** The step is missing if the pipeline could not begin. */
  | (Omit<Extract<RunEvent, { type: 'failed' }>, 'error'> & { error: Failure });

/** An error with the line of the configuration that it belongs to, as far as there is one. */
export type Failure = ErrorDocument & { file?: string } & Partial<Span>;

/** Returns an event of a run with its error as data. */
export function publicEvent(event: RunEvent, configuration: Configuration): ApplyEvent {
  if (event.type !== 'failed') return event;
  return { ...event, error: failureOf(event.error, event.address, configuration) };
}

function failureOf(error: unknown, address: string, configuration: Configuration): Failure {
  const failure = errorDocument(error);
  if (!(error instanceof RunError)) return failure;
  const place = error.place ?? configuration.pipelines.find((one) => one.address === address)?.place;
  return place === undefined ? failure : { ...failure, file: place.file, ...configuration.locate(place) };
}
