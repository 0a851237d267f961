import type { ApplyEvent as RunEvent } from '../apply/events.ts';
import type { Configuration } from '../config/index.ts';
import type { Span } from '../model/errors/diagnostic.ts';
import { RunError } from '../model/errors/run-error.ts';
import { classOfError, kindOf, type FailureKind } from './failures.ts';
import { errorDocument, type ErrorDocument } from './report-document.ts';

/** An error with its kind, and with the line of the configuration that it belongs to, as far as there is one. */
export type Failure = ErrorDocument & FailureKind & { file?: string } & Partial<Span>;

/** An event of an apply, as plain data. */
export type PublicEvent =
  | Exclude<RunEvent, { type: 'failed' }>
  /** The step is missing if the pipeline could not begin. */
  | (Omit<Extract<RunEvent, { type: 'failed' }>, 'error'> & { error: Failure });

type Places = Pick<Configuration, 'pipelines' | 'locate'>;

/** Returns an event of a run with its error as data. */
export function publicEvent(event: RunEvent, configuration: Places): PublicEvent {
  if (event.type !== 'failed') return event;
  return { ...event, error: failureOf(event.error, event.address, configuration) };
}

function failureOf(error: unknown, address: string, configuration: Places): Failure {
  const failure = { ...errorDocument(error), ...kindOf(classOfError(error)) };
  if (!(error instanceof RunError)) return failure;
  const place = error.place ?? configuration.pipelines.find((one) => one.address === address)?.place;
  return place === undefined ? failure : { ...failure, file: place.file, ...configuration.locate(place) };
}
