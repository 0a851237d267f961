import { counted } from '../../model/base/numbers.ts';

/** A page of Markdown that never gets longer than it may. What does not fit is left out whole, and counted. */
export interface Page {
  /** Lines that always fit, because they are few and short. */
  add(lines: readonly string[]): void;
  /** Adds as many rows as fit into a share of the page, counted from its beginning. Adds nothing for no rows. */
  addTable(table: Table): void;
  /** Adds as many blocks as fit, in their order; each represents `each` of the things that `noun` names. */
  addAll(what: string, noun: string, blocks: readonly (readonly string[])[], each?: number): void;
  /** The whole text, with what was left out and where to find it. */
  end(remedy: string): string;
}

export interface Table {
  lead: readonly string[];
  head: readonly string[];
  /** Cells as Markdown without a bare `|`. */
  rows: readonly (readonly string[])[];
  noun: string;
  share: number;
}

/** GitHub takes 65,536 characters in a comment; some are kept for what a workflow may add. */
export const mostInComment = 65_000;

/** Room for the sentence about what was left out. */
const kept = 400;

export function startPage(most: number): Page {
  let text = '';
  const leftOut: string[] = [];
  const fits = (lines: string, share = 1) => text.length + lines.length <= (most - kept) * share;
  return {
    add(lines) {
      text += block(lines);
    },
    addTable({ lead, head, rows, noun, share }) {
      if (rows.length === 0) return;
      text += block([...lead, row(head), row(head.map(() => '---'))]);
      let shown = 0;
      for (const cells of rows) {
        const line = block([row(cells)]);
        if (!fits(line, share)) break;
        text += line;
        shown++;
      }
      text += '\n';
      if (shown < rows.length)
        leftOut.push(`${counted(rows.length - shown, noun)} of ${counted(rows.length, noun)}`);
    },
    addAll(what, noun, blocks, each = 1) {
      const cut = blocks.findIndex((lines) => {
        const added = block(lines);
        if (!fits(added)) return true;
        text += added;
        return false;
      });
      if (cut >= 0) leftOut.push(`${what} ${counted((blocks.length - cut) * each, noun)}`);
    },
    end(remedy) {
      if (leftOut.length === 0) return `${text.trimEnd()}\n`;
      return `${text}**Left out** to fit ${counted(most, 'character')}: ${leftOut.join('; ')}: ${remedy}.\n`;
    },
  };
}

const block = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
