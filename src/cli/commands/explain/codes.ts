import { readPage } from '../../documentation.ts';

/** The entry of docs/errors.md about one code. */
export interface ExplainedCode {
  code: string;
  /** The heading of its section, such as `PostgreSQL (exit code 1)`. */
  section: string;
  meaning: string;
  /** The remedy, or an empty text if the meaning says it. */
  remedy: string;
  /** The text of the section about all of its codes, where the entry has no remedy of its own; else empty. */
  about: string;
  /** Pages of docs/ that these texts link to. */
  links: readonly DocumentationLink[];
}

export interface DocumentationLink {
  label: string;
  /** A file of docs/. */
  page: string;
  /** The part of the page, or undefined for the whole page. */
  anchor: string | undefined;
}

/** Returns all codes in the order of docs/errors.md. */
export function readCodes(): ExplainedCode[] {
  const sections = readPage('errors.md').split(/^## /m).slice(1);
  return sections.flatMap((text) => {
    const [section = '', ...lines] = text.split('\n');
    const intro = lines.filter((line) => line !== '' && !line.startsWith('|')).join(' ');
    return lines.flatMap((line) => {
      const [, code, meaning = '', remedy = ''] = row.exec(line) ?? [];
      if (code === undefined) return [];
      const about = remedy === '' ? intro : '';
      return {
        code,
        section,
        meaning: plain(meaning),
        remedy: plain(remedy),
        about: plain(about),
        links: linksIn(`${line} ${about}`),
      };
    });
  });
}

const row = /^\| (EXT\d{4}) \| (.*?) \|(?: (.*) \|)?$/;
const link = /\[([^\]]+)\]\(([\w-]+\.md)(?:#([\w-]+))?\)/g;

/** Returns Markdown without its links: those are listed by themselves. */
const plain = (markdown: string) => markdown.replace(link, '$1');

function linksIn(line: string): DocumentationLink[] {
  return Array.from(line.matchAll(link), ([, label = '', page = '', anchor]) => ({ label, page, anchor }));
}
