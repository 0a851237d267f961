import type { BuiltExtract } from './extract-port.ts';
import type { AppliedDestination, SentNote } from '../world/applied-record.ts';
import type { DestinationObservation, TemplateObservation } from '../world/observation.ts';
import type { Destination } from '../config/destination.ts';

/** The data source that an extract is put into. */
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
   * Puts the extract into a package and stages that. Fails if the template is not the one with this hash any more. The
   * file of the template itself is only read.
   */
  package(
    extract: BuiltExtract,
    sha256: string,
    signal: AbortSignal,
    confirm?: Confirm,
  ): Promise<BuiltExtract>;
  /** Writes the extract that is in a package of ours to a path where there is no file yet. */
  unpack(packed: string, to: string, signal: AbortSignal): Promise<void>;
}

/**
 * Fails if the right to write is lost. Asked right before what others will see: a process that was suspended does
 * not know that another has taken over.
 */
export type Confirm = () => Promise<void>;

export interface DestinationPort {
  /**
   * `last` is what was delivered last, by which it is found again where its name has changed; `sent` what a run
   * has sent whose end it did not see.
   */
  observe(known: KnownDelivery, signal: AbortSignal): Promise<DestinationObservation>;
  /** Writes the finished extract. All or nothing: on failure what was there before still is. */
  write(extract: BuiltExtract, delivery: Delivery): Promise<Written>;
  /** Sets what describes the delivered extract, where the destination has such things; nothing else changes. */
  describe?(last: AppliedDestination, signal: AbortSignal): Promise<Delivered>;
  /** Whether what was delivered last is there as we left it. */
  existing(last: AppliedDestination, signal: AbortSignal): Promise<Existing>;
  /** Deletes what was delivered last if it is there as we left it, else nothing; resolves to how it was found. */
  remove(last: AppliedDestination, signal: AbortSignal): Promise<Existing>;
}

export interface KnownDelivery {
  last: AppliedDestination | undefined;
  sent?: SentNote | undefined;
}

export interface Delivery extends KnownDelivery {
  /** Hears of bytes as they are written, each once. */
  progress: (bytes: number) => void;
  signal: AbortSignal;
  confirm: Confirm;
  /**
   * Is called, and waited for, before the destination may have taken the extract, so that a run which ends now is
   * not forgotten; with undefined when it surely has not taken it.
   */
  note: (sent: SentNote | undefined) => Promise<void>;
  /** Is called, and waited for, as soon as the destination has the extract; what follows may still fail. */
  taken: (delivered: Delivered) => Promise<void>;
}

/** What came of writing to a destination. */
export interface Written {
  /** Bytes of what was sent. */
  size: number;
  /**
   * What is there now; undefined where the destination has taken the extract and could not be asked since: the note
   * says how the next plan finds it out.
   */
  delivered: Delivered | undefined;
  /** What is worth knowing about a delivery that has not failed. */
  remark?: string;
}

/** What became of what was delivered last: `changed` by somebody else, or `gone`. */
export type Existing = 'ours' | 'changed' | 'gone';

/** What the record keeps of a delivery: enough to see later whether something else has changed it. */
export type Delivered = AppliedDestination;

/** The destinations of a run. What several of them share (a session) is opened once and closed here. */
export interface Destinations {
  open(destination: Destination): DestinationPort;
  close(): Promise<void>;
}
