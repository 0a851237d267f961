import { nearest } from '../../../model/base/nearest.ts';
import { classOfCode, codesByCause, type FailureClass } from '../../../model/errors/failure-class.ts';
import { layOutRows, wrap, type Row } from '../../../render/wrap.ts';
import { UsageError } from '../../../run/usage-error.ts';
import { pathOfPage, readPage, sectionOf } from '../../documentation.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { encodeJson } from '../../output/json.ts';
import { readCodes, type DocumentationLink, type ExplainedCode } from './codes.ts';

/** `extracts explain EXT2013`: what docs/errors.md says about a code, with the sections that it links to. */
export function explain(name: string | undefined, options: { json?: boolean }, env: Env): ExitCode {
  const codes = readCodes();
  if (name === undefined) {
    env.out(options.json === true ? encodeJson({ codes: codes.map(summary) }) : renderList(codes, env.width));
    return exitCodes.done;
  }
  const found = findCode(name, codes);
  const pages = found.links.map(withText);
  env.out(
    options.json === true ? encodeJson({ ...summary(found), pages }) : renderCode(found, pages, env.width),
  );
  return exitCodes.done;
}

/** A linked page with its path in the package, and with the text of the section if the link names one. */
interface LinkedPage {
  label: string;
  path: string;
  text?: string;
}

function withText({ label, page, anchor }: DocumentationLink): LinkedPage {
  const text = anchor === undefined ? undefined : sectionOf(readPage(page), anchor);
  return { label, path: pathOfPage(page), ...(text !== undefined && { text }) };
}

const summary = ({ code, section, meaning, remedy, about }: ExplainedCode) => ({
  code,
  section,
  meaning,
  ...(classOfCode(code) !== undefined && { class: classOfCode(code), byCause: codesByCause.has(code) }),
  ...(remedy !== '' && { remedy }),
  ...(about !== '' && { about }),
});

/** Accepts `EXT2013`, `ext2013` and `2013`, with or without the brackets that messages have. */
function findCode(name: string, codes: readonly ExplainedCode[]): ExplainedCode {
  const wanted = name
    .replace(/^\[|\]$/g, '')
    .toUpperCase()
    .replace(/^(?=\d)/, 'EXT');
  const found = codes.find(({ code }) => code === wanted);
  if (found !== undefined) return found;
  const names = codes.map(({ code }) => code);
  // Of codes that are equally near, one of the same section is likelier.
  const sameSection = names.filter((code) => code.startsWith(wanted.slice(0, 5)));
  const near = nearest(wanted, [...sameSection, ...names]);
  const meant = near === undefined ? '' : `did you mean ${near}? `;
  throw new UsageError(`there is no code "${name}"`, `${meant}extracts explain lists all codes`);
}

function renderCode(found: ExplainedCode, pages: readonly LinkedPage[], width: number | undefined): string {
  const { code, section, meaning, remedy, about } = found;
  const blocks = [
    wrap(`${code}  ${meaning}`, width).join('\n'),
    remedy === '' ? undefined : wrap(`What to do: ${remedy}`, width).join('\n'),
    `Section: ${section}`,
    classText(code),
    about === '' ? undefined : wrap(about, width).join('\n'),
    ...pages.map(({ label, path, text }) =>
      text === undefined ? `Read ${path}` : `# ${label}  (${path})\n\n${text}`,
    ),
  ];
  return `${blocks.filter((block) => block !== undefined).join('\n\n')}\n`;
}

const sayings: Readonly<Record<FailureClass, string>> = {
  transient: 'the same command may succeed later',
  busy: 'another run or session has what is needed; the same command may succeed later',
  stale: 'the world has changed since the plan was made: plan again',
  gate: 'someone must decide',
  permanent: 'it fails again until the cause is mended',
  internal: 'a bug in extracts',
};

/** Says whether another try may help; undefined for warnings and notes. */
function classText(code: string): string | undefined {
  const kind = classOfCode(code);
  if (kind === undefined) return undefined;
  if (codesByCause.has(code))
    return 'Class: transient or permanent, depending on the cause: --json says which';
  return `Class: ${kind} (${sayings[kind]})`;
}

function renderList(codes: readonly ExplainedCode[], width: number | undefined): string {
  const rows: Row[] = codes.flatMap(({ code, section, meaning }, index) => [
    ...(codes[index - 1]?.section === section ? [] : [...(index === 0 ? [] : ['']), section]),
    [`  ${code}`, meaning],
  ]);
  return `${layOutRows(rows, width).join('\n')}\n`;
}
