const LF = 0x0a;
const CR = 0x0d;

/**
 * Counts the lines of a text in UTF-8 as its bytes pass, as the readers of records do: they end with LF or CR LF, with a lone
 * CR too where the first one does.
 */
export class LineCount {
  #feeds = 0;
  #returns = 0;
  #firstIsReturn: boolean | undefined;
  /** A CR whose next byte is not known yet. */
  #isOpen = false;

  /** The 1-based line that the next character is in. */
  get line(): number {
    const returns = this.#returns + (this.#isOpen ? 1 : 0);
    const isLone = this.#firstIsReturn ?? returns > 0;
    return 1 + this.#feeds + (isLone ? returns : 0);
  }

  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#isOpen && bytes[0] !== LF) this.#takeReturn();
    this.#isOpen = bytes.at(-1) === CR;
    const feed = bytes.indexOf(LF);
    for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) {
      if (feed >= 0 && feed < at) this.#firstIsReturn ??= false;
      if (at + 1 < bytes.length && bytes[at + 1] !== LF) this.#takeReturn();
    }
    if (feed >= 0) this.#firstIsReturn ??= false;
    for (let at = feed; at >= 0; at = bytes.indexOf(LF, at + 1)) this.#feeds++;
  }

  #takeReturn(): void {
    this.#firstIsReturn ??= true;
    this.#returns++;
  }
}
