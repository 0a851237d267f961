export interface WindowSize {
  /** Bytes gathered before records are looked for; the default of 64 KiB stays in the processor's cache. */
  readonly lookBytes?: number;
  /** The longest record there may be. */
  readonly maxRecordBytes: number;
}

const LOOK_BYTES = 64 * 1024;

/**
 * The part of a stream that is being scanned: chunks are appended at the end, records are taken from the front. There
 * is always one spare byte at `end` for the scanner's sentinel.
 */
export class ByteWindow {
  bytes: Buffer;
  start: number;
  end: number;

  readonly #reserved: number;
  readonly #lookBytes: number;
  readonly #maxRecordBytes: number;
  #want: number;

  /** The first `reserved` bytes of `bytes` belong to the caller; they move along when the window grows. */
  constructor({ lookBytes = LOOK_BYTES, maxRecordBytes }: WindowSize, reserved = 0) {
    this.#lookBytes = this.#want = lookBytes;
    this.#maxRecordBytes = maxRecordBytes;
    this.bytes = Buffer.allocUnsafeSlow(reserved + 2 * lookBytes);
    this.start = this.end = this.#reserved = reserved;
  }

  get length(): number {
    return this.end - this.start;
  }

  /** May move the bytes: places found in `bytes` before are no longer valid. */
  append(chunk: Uint8Array): void {
    if (this.end + chunk.length >= this.bytes.length) this.#makeRoom(chunk.length);
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** Enough has come since `looked` that records may be looked for. */
  get isReady(): boolean {
    return this.length >= this.#want;
  }

  /**
   * Marks the window as scanned. The remainder is the beginning of a record. The next scan comes when it has doubled,
   * so that a record of many chunks is not scanned again for each of them.
   */
  looked(): void {
    this.#want = Math.max(this.#lookBytes, Math.min(2 * this.length, this.#maxRecordBytes + 1));
  }

  #makeRoom(more: number): void {
    const { bytes, start, end, length } = this;
    const reserved = this.#reserved;
    const needed = reserved + length + more + 1;
    if (needed > bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, needed));
      bytes.copy(this.bytes, 0, 0, reserved);
    }
    bytes.copy(this.bytes, reserved, start, end);
    this.start = reserved;
    this.end = reserved + length;
  }
}
