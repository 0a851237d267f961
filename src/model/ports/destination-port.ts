import type { Semaphore } from '../base/limit.ts';
import type { BuiltExtract } from './extract-port.ts';
import type { AppliedDestination, SentNote } from '../world/applied-record.ts';
import type { DestinationObservation, TemplateObservation } from '../world/observation.ts';
import type { Destination } from '../config/destination.ts';

/** The data source that receives an extract. */
export interface TemplatePort {
  /**
   * The template, and whether the extract that the pipeline promises will fit. Reads no extract. `left` is the staged
   * package as the last apply left it.
   */
  observe(
    signal: AbortSignal,
    left?: { size: number; modified: string; content?: string },
  ): Promise<TemplateObservation>;
  /**
   * Puts the extract into a package and stages that. Fails if the template no longer has this hash. The file of the
   * template itself is only read.
   */
  package(
    extract: BuiltExtract,
    sha256: string,
    signal: AbortSignal,
    confirm?: Confirm,
  ): Promise<BuiltExtract>;
  /** Writes the extract in a package of ours to a path where no file exists yet. */
  unpack(packed: string, to: string, signal: AbortSignal): Promise<void>;
}

/**
 * Fails if the right to write is lost. It is called right before changes that others will see: a process that was
 * suspended does not know that another has taken over.
 */
export type Confirm = () => Promise<void>;

export interface DestinationPort {
  /** True where many observations that are asked for at once cost less than one after the other; the port limits them itself. */
  gathers?: true;
  /**
   * `last` is what was delivered last, by which it is found again where its name has changed; `sent` what a run
   * has sent whose end it did not see.
   */
  observe(known: KnownDelivery, signal: AbortSignal): Promise<DestinationObservation>;
  /** Writes the finished extract, all or nothing: on failure the previous content is still there. */
  write(extract: BuiltExtract, delivery: Delivery): Promise<Written>;
  /** Sets the descriptive details of the delivered extract, if the destination has such; nothing else changes. */
  describe?(last: AppliedDestination, signal: AbortSignal): Promise<Delivered>;
  /** Returns true if the last delivery is still there as we left it. */
  existing(last: AppliedDestination, signal: AbortSignal): Promise<Existing>;
  /**
   * Deletes the last delivery if it is there as we left it, otherwise nothing; resolves to the state in which it was
   * found.
   */
  remove(last: AppliedDestination, signal: AbortSignal): Promise<Existing>;
}

export interface KnownDelivery {
  last: AppliedDestination | undefined;
  sent?: SentNote | undefined;
}

export interface Delivery extends KnownDelivery {
  /** Hears of bytes as they are written, each once. */
  progress: (bytes: number) => void;
  /** Hears what is being done when no more bytes are written. */
  doing: (text: string) => void;
  signal: AbortSignal;
  places: DeliveryPlaces;
  /** Hears what it waits for, outside of the run. */
  waiting: (text: string) => void;
  /** Aborted when nothing is to begin any longer: what waits for its turn then gives up. */
  draining?: AbortSignal | undefined;
  confirm: Confirm;
  /**
   * Is called, and awaited, before the destination may have accepted the extract, so that a run which ends now is not
   * forgotten; with undefined when it certainly has not accepted it.
   */
  note: (sent: SentNote | undefined) => Promise<void>;
  /** Is called, and waited for, as soon as the destination has the extract; what follows may still fail. */
  taken: (delivered: Delivered) => Promise<void>;
}

/** The places of what is done at once, over all destinations. */
export interface DeliveryPlaces {
  /** One that waits for a job of its server has one of these only while it sends. */
  upload: Semaphore;
  /** Taken before the file is sent, and kept until the job has ended. Comes before `upload`. */
  serverJob: Semaphore;
}

/** The result of writing to a destination. */
export interface Written {
  /** Bytes of what was sent. */
  size: number;
  /**
   * The delivery as it is now; undefined if the destination has accepted the extract and could not be asked since: the
   * note says how the next plan finds it out.
   */
  delivered: Delivered | undefined;
  /** A remark about a delivery that has not failed. */
  remark?: string;
}

/** The state of the last delivery: `changed` outside extracts, or `gone`. */
export type Existing = 'ours' | 'changed' | 'gone';

/** The record of a delivery: enough to see later whether it was changed outside extracts. */
export type Delivered = AppliedDestination;

/** The destinations of a run. What several of them share (a session) is opened once and closed here. */
export interface Destinations {
  /** Hears which destinations will be observed next, in this order. */
  expect(destinations: readonly Destination[]): void;
  open(destination: Destination): DestinationPort;
  close(): Promise<void>;
}
