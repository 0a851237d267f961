const escape = String.fromCharCode(27);
const tokens = new RegExp(`${escape}\\[([0-9;?]*)([A-Za-z])|\\r|\\n|[^${escape}\\r\\n]`, 'gu');

/** A terminal of a size that shows what is written to it, as far as extracts uses one. */
export class TestScreen {
  columns: number;
  readonly rows: number;
  /** Every line, those that were scrolled out of sight among them. */
  readonly lines: string[] = [''];
  /** Lines that were too long, as far as they were written. */
  readonly wrapped: string[] = [];
  /** Movements to lines that were out of sight: the picture is broken from there. */
  lostLines = 0;
  writes = 0;
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** Takes text as a program writes it: the terminal adds the carriage return of a line feed. */
  write(text: string): void {
    this.writes += 1;
    for (const [token, count = '', command] of text.matchAll(tokens)) this.#take(token, count, command);
  }

  /** Makes the terminal narrower or wider, which lays out its lines again. */
  resize(columns: number): void {
    const pieces = new RegExp(`.{1,${columns}}`, 'gu');
    const lines = this.lines.flatMap((line) => line.match(pieces) ?? ['']);
    this.lines.splice(0, this.lines.length, ...lines);
    this.columns = columns;
    this.#row = lines.length - 1;
    this.#column = 0;
  }

  /** The lines in sight, without blank ones at the end. */
  visible(): string[] {
    return this.all().slice(Math.max(0, this.lines.length - this.rows));
  }

  all(): string[] {
    const end = this.lines.findLastIndex((line) => line.trim() !== '') + 1;
    return this.lines.slice(0, end).map((line) => line.trimEnd());
  }

  #take(token: string, count: string, command: string | undefined): void {
    if (command === 'A') this.#up(Number(count || 1));
    else if (command === 'G') this.#column = Number(count || 1) - 1;
    else if (command === 'K') this.lines[this.#row] = (this.lines[this.#row] ?? '').slice(0, this.#column);
    else if (command === 'J') {
      this.lines.length = this.#row + 1;
      this.lines[this.#row] = (this.lines[this.#row] ?? '').slice(0, this.#column);
    } else if (command !== undefined) {
      if (command !== 'm')
        throw new Error(`a terminal command that is not expected: ${JSON.stringify(token)}`);
    } else if (token === '\r') this.#column = 0;
    else if (token === '\n') this.#down();
    else this.#put(token);
  }

  #up(count: number): void {
    const top = Math.max(0, this.lines.length - this.rows);
    if (this.#row - count < top) this.lostLines += 1;
    this.#row = Math.max(top, this.#row - count);
  }

  #down(): void {
    this.#row += 1;
    this.#column = 0;
    this.lines[this.#row] ??= '';
  }

  #put(character: string): void {
    const line = this.lines[this.#row] ?? '';
    if (this.#column >= this.columns) {
      this.wrapped.push(line);
      this.#down();
      this.#put(character);
      return;
    }
    const before = line.slice(0, this.#column).padEnd(this.#column);
    this.lines[this.#row] = before + character + line.slice(this.#column + 1);
    this.#column += 1;
  }
}
