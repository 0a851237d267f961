import { counted } from '../../model/base/numbers.ts';
import { foldDiagnostics } from '../../model/errors/fold-diagnostics.ts';
import { foreign } from '../../model/errors/secrets.ts';
import type { Pipeline, Table } from '../../model/config/pipeline.ts';
import type { Source } from '../../model/config/source.ts';
import type { SourcePort } from '../../model/ports/source-port.ts';
import type { Ports } from '../open-ports.ts';
import { findingOf, type Check, type Finding } from './finding.ts';

/** A source and the tables that read from it, over all pipelines. */
interface UsedSource {
  name: string;
  source: Source;
  tables: Table[];
}

/** Returns one check for each source. Sources that are equal except for where they are written are one. */
export function sourceChecks(pipelines: readonly Pipeline[], world: Ports): Check[] {
  const used = new Map<string, UsedSource>();
  for (const { sources, tables } of pipelines) {
    for (const [name, source] of Object.entries(sources)) {
      const key = JSON.stringify({ ...source, place: undefined });
      const one = used.get(key) ?? { name, source, tables: [] };
      used.set(key, one);
      one.tables.push(...tables.filter((table) => table.source === name));
    }
  }
  return [...used.values()].map((one) => ({
    subject: labelOf(one),
    look: (signal) => lookAt(one, world.sourceOf(one.source), signal),
  }));
}

function labelOf({ name, source }: UsedSource): string {
  switch (source.type) {
    case 'postgres':
      return name;
    case 'file':
      return `${name} (${source.match.join(', ')})`;
    case 's3':
      return `${name} (s3://${source.bucket}/${source.match.join(', ')})`;
  }
}

async function lookAt(used: UsedSource, port: SourcePort, signal: AbortSignal): Promise<Finding[]> {
  const reached = await port.describe?.(signal);
  const tables: Table[] = [];
  for (const table of used.tables)
    tables.push((table.columnsFrom && (await port.columns?.(table, signal))) ?? table);
  const requests = tables.map((table) => ({ table, before: undefined, redefined: true }));
  const seen = await port.observe(requests, signal);
  const sound = seen.filter(({ problems }) => problems.every(({ severity }) => severity !== 'error'));
  const problems = foldDiagnostics(seen.flatMap(({ problems }) => problems)).flatMap(findingOf);
  const may = `may read ${sound.length} of ${counted(tables.length, 'table')}`;
  const about = reached === undefined ? labelOf(used) : `${used.name}: ${foreign(reached.text)}`;
  const warnings = reached?.warning === undefined ? [] : [{ status: 'warn', ...reached.warning } as const];
  if (sound.length < tables.length && reached === undefined) return problems;
  return [{ status: 'ok', text: `${about}, ${may}` }, ...warnings, ...problems];
}
