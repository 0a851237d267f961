import { columnsOf } from '../../render/text-width.ts';

/** The part of a terminal's stream that is needed to draw on it. */
export interface Screen {
  write(text: string): void;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Lines at the end of a terminal that are drawn again where they are. Other text goes above them. The cursor stays
 * visible below them, so that nothing is left to restore if the process dies.
 */
export class LiveArea {
  readonly screen: Screen;
  #lines: readonly string[] = [];

  constructor(screen: Screen) {
    this.screen = screen;
  }

  /** Draws the lines in the place of those that were drawn before. One write is one picture, and nothing flickers. */
  draw(lines: readonly string[]): void {
    this.screen.write(`${this.#toStart()}${lines.map((line) => `${line}${restOfLine}\n`).join('')}${below}`);
    this.#lines = lines;
  }

  /** Writes text above the lines. */
  write(text: string): void {
    if (this.#lines.length === 0) {
      this.screen.write(text);
      return;
    }
    const lines = this.#lines.map((line) => `${line}\n`).join('');
    const above = text.endsWith('\n') ? text : `${text}\n`;
    this.screen.write(`${this.#toStart()}${below}${above}${lines}`);
  }

  /** Leaves the lines as they are: what is written from now on comes below them. */
  end(): void {
    this.#lines = [];
  }

  /** Moves the cursor to the first line. A terminal that became narrower has wrapped them. */
  #toStart(): string {
    const columns = Math.max(this.screen.columns, 1);
    const rows = this.#lines.map((line) =>
      Math.max(1, Math.ceil(columnsOf(line.replaceAll(colours, '')) / columns)),
    );
    const height = rows.reduce((sum, one) => sum + one, 0);
    return height === 0 ? '' : `\r${escape}[${height}A`;
  }
}

const escape = String.fromCharCode(27);
const restOfLine = `${escape}[K`;
const below = `${escape}[J`;

/** "Select graphic rendition" of ECMA-48. */
const colours = new RegExp(`${escape}\\[[\\d;]*m`, 'g');
