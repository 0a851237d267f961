import type { Diagnostic, Place, Span } from '../model/errors/diagnostic.ts';
import { printable } from './text-width.ts';

export interface AnnotationsView {
  locate: (place: Place) => Span | undefined;
  /** Returns a file as GitHub knows it: relative to the root of the checkout. */
  inCheckout: (file: string) => string;
}

/**
 * Returns diagnostics as workflow commands of GitHub Actions, one a line: GitHub shows each beside the line of the pull
 * request that it is about. Empty if there are none. The commands and their escapes are described in "Workflow commands for
 * GitHub Actions" of GitHub's documentation, and in the source of actions/toolkit (core/src/command.ts).
 */
export function renderAnnotations(diagnostics: readonly Diagnostic[], view: AnnotationsView): string {
  return diagnostics.map((one) => `${annotation(one, view)}\n`).join('');
}

function annotation({ severity, code, message, hint, place }: Diagnostic, view: AnnotationsView): string {
  const span = place && view.locate(place);
  const properties = {
    ...(place && { file: view.inCheckout(place.file) }),
    ...(span && { line: span.line, col: span.column, endColumn: span.column + span.length }),
    title: code,
  };
  const written = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  const text = [message, ...(hint === undefined ? [] : [hint])].map(printable).join('\n');
  return `::${commands[severity]} ${written.join(',')}::${escapeData(text)}`;
}

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const;

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
