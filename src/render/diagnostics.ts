import { createColors } from 'picocolors';
import type { Diagnostic, Place, Span } from '../model/errors/diagnostic.ts';
import { clipAround, printable } from './text-width.ts';

export interface DiagnosticsView {
  locate: (place: Place) => Span | undefined;
  lineOf: (file: string, line: number) => string | undefined;
  color: boolean;
}

/**
 * Returns diagnostics in the form of compilers: `file:line:col error message [code]`, the line of the file with the
 * exact part underlined, the hint; at the end the counts. Empty if there are none.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], view: DiagnosticsView): string {
  if (diagnostics.length === 0) return '';
  const located = diagnostics.map((diagnostic): Located => {
    const span = diagnostic.place && view.locate(diagnostic.place);
    return { diagnostic, ...(span && { span }) };
  });
  const blocks = located.sort(byPlace).map((one) => block(one, view));
  return `${[...blocks, count(diagnostics)].join('\n\n')}\n`;
}

interface Located {
  diagnostic: Diagnostic;
  span?: Span;
}

function byPlace(one: Located, other: Located): number {
  const [file, otherFile] = [one.diagnostic.place?.file ?? '', other.diagnostic.place?.file ?? ''];
  if (file !== otherFile) return file < otherFile ? -1 : 1;
  const lines = (one.span?.line ?? 0) - (other.span?.line ?? 0);
  return lines === 0 ? (one.span?.column ?? 0) - (other.span?.column ?? 0) : lines;
}

function block({ diagnostic, span }: Located, view: DiagnosticsView): string {
  const { place, severity, message, code, hint } = diagnostic;
  const { bold, dim, red, yellow, cyan } = createColors(view.color);
  const paint = { error: red, warning: yellow, note: cyan }[severity];
  const where = place && (span ? `${place.file}:${span.line}:${span.column}` : place.file);
  const head = [
    ...(where === undefined ? [] : [bold(printable(where))]),
    paint(severity),
    printable(message),
  ].join('  ');
  const lines = [`${head}  ${dim(`[${code}]`)}`];

  const source = place && span && view.lineOf(place.file, span.line);
  const gutter = span ? String(span.line) : '';
  const margin = ' '.repeat(gutter.length);
  if (source !== undefined && source !== '' && span !== undefined) {
    const { text, from, width } = clipAround(source, span.column - 1, span.length, widest);
    lines.push(`  ${dim(`${gutter} |`)} ${text}`.trimEnd());
    lines.push(`  ${dim(`${margin} |`)} ${' '.repeat(from)}${paint('~'.repeat(width))}`);
  }
  if (hint !== undefined) lines.push(`  ${margin} ${dim('=')} ${printable(hint)}`);
  return lines.join('\n');
}

/** Wider lines are cut around the underlined part. */
const widest = 100;

function count(diagnostics: readonly Diagnostic[]): string {
  const counts = (['error', 'warning', 'note'] as const).map((severity) => {
    const number = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return number === 0 ? '' : `${number} ${severity}${number === 1 ? '' : 's'}`;
  });
  return counts.filter((part) => part !== '').join(', ');
}
