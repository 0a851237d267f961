import { bytes, counted, grouped } from '../../model/base/numbers.ts';
import { countOutcomes, outcomeWords, type NotBegun, type Outcome } from '../outcomes.ts';
import { clip, code, plain } from './escape.ts';
import { mostInComment, startPage } from './page.ts';

/** An error, and whether another try may help. */
interface Failed {
  message: string;
  code?: string;
  hint?: string;
  retryable: boolean;
}

export interface MarkdownReport extends Pick<NotBegun, 'idle' | 'doneBefore'> {
  pipelines: readonly {
    address: string;
    outcome: Outcome;
    seconds: number;
    tables: readonly { rows: number; bytes: number }[];
    failure?: Failed & { step: string };
  }[];
  held: readonly { address: string; by: 'gate' | 'error'; message: string; retryable: boolean }[];
  /** Reports that could not be used, and runs without a result. */
  errors: readonly (Failed & { file?: string })[];
  /** The number of reports that this one was made of. */
  reports: number;
}

/** Returns a report of an apply as Markdown, for the summary of a job: everything that needs attention first, then the slowest pipelines. */
export function renderReportMarkdown(
  { pipelines, held, errors, idle, doneBefore, reports }: MarkdownReport,
  most = mostInComment,
): string {
  const page = startPage(most);
  page.add(['## extracts apply', '']);
  page.add([
    `**${countOutcomes(pipelines, { held, idle, doneBefore })}** in ${counted(reports, 'report')}.`,
    '',
  ]);
  page.addTable({
    lead: [],
    head: ['place', 'step', 'problem', 'run again?'],
    rows: [
      ...errors.map((one) => [code(one.file ?? 'shards'), '', problem(one), retry(one)]),
      ...pipelines.flatMap(({ address, failure }) =>
        failure === undefined ? [] : [[code(address), code(failure.step), problem(failure), retry(failure)]],
      ),
      ...held.map((one) => [code(one.address), 'plan', problem(one), retry(one)]),
    ],
    noun: 'problem',
    share: 0.7,
  });
  const sum = (rows: MarkdownReport['pipelines'][number]['tables'], of: 'rows' | 'bytes') =>
    rows.reduce((total, table) => total + table[of], 0);
  page.addTable({
    lead: [],
    head: ['pipeline', 'outcome', 'rows', 'read', 'seconds'],
    rows: pipelines
      .toSorted((one, other) => other.seconds - one.seconds)
      .map(({ address, outcome, tables, seconds }) => [
        code(address),
        outcomeWords[outcome],
        grouped(sum(tables, 'rows')),
        bytes(sum(tables, 'bytes')),
        seconds.toFixed(1),
      ]),
    noun: 'pipeline',
    share: 1,
  });
  return page.end('the report as JSON has everything');
}

const retry = ({ retryable }: { retryable: boolean }) => (retryable ? 'yes' : 'no');

function problem({ message, code: number, hint }: Partial<Failed> & { message: string }): string {
  const end = number === undefined ? '' : ` ${code(number)}`;
  const remedy = hint === undefined ? '' : `<br>${plain(clip(hint, 500))}`;
  return `${plain(clip(message, 1_000))}${end}${remedy}`;
}
