import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { Diagnostic } from '../../../model/errors/diagnostic.ts';
import { asFarAs } from '../../../model/world/fingerprint.ts';
import type { SourceObservation } from '../../../model/world/observation.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import type { SourceRequest } from '../../../model/ports/source-port.ts';
import type { CursorObservation, SinceWatermark, Watermark } from '../../../model/world/watermark.ts';
import { attachedBreak } from './attached-partition.ts';
import { probe } from '../contract/catalog.ts';
import type { Agreed } from '../contract/contract.ts';
import { compare, cursorNames, type Cursor } from '../contract/cursor-columns.ts';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';
import { explainTable } from '../connection/errors.ts';
import {
  afterOf,
  beginningOf,
  countNulls,
  endlessProblem,
  findHighest,
  nullsProblem,
  type Highest,
} from './highest.ts';
import { findsLate, horizonBreak, lateSince, takeHorizon, type Present } from './late.ts';
import { takeMarks } from './marks.ts';
import { inRange, lateOf, leftRows, readsTies, type Range } from './range.ts';
import { allOf, anyOf, rowsSql } from '../sql/selection.ts';
import { attempt } from '../connection/transaction.ts';
import { foreign } from '../../../model/errors/secrets.ts';

interface Asked {
  request: SourceRequest;
  agreed: Agreed;
  cursor: Cursor;
  fingerprint: SourceObservation['fingerprint'];
}

/**
 * Observes the rows beyond a watermark. Runs at a later moment than the fingerprint was taken: a row that is
 * committed in between is found here and shows in the counters next time, and not the other way round.
 */
export async function observeCursor(
  client: pg.Client,
  asked: Asked,
): Promise<{ cursor: CursorObservation; problems: Diagnostic[] }> {
  const { table } = asked.request;
  try {
    return await observe(client, asked);
  } catch (error) {
    throw explainTable(error, `table "${table.name}": cannot tell what is new`, table);
  }
}

async function observe(
  client: pg.Client,
  asked: Asked,
): Promise<{ cursor: CursorObservation; problems: Diagnostic[] }> {
  const { request, agreed, cursor, fingerprint } = asked;
  const hasOtherColumns =
    request.watermark !== undefined && !isDeepStrictEqual(request.watermark.columns, cursorNames(cursor));
  const watermark = hasOtherColumns ? undefined : request.watermark;
  const from = await beginningOf(client, cursor, watermark?.from);
  const begins = {
    ...(from === undefined ? {} : { from }),
    ...(cursor.load.kind === 'cursor' && !(await findsLate(client, request.table, agreed.relation))
      ? { missesLate: true as const }
      : {}),
  };
  const isSame =
    isDeepStrictEqual(request.before, asFarAs(request.before, fingerprint)) && agreed.deletes === undefined;
  if (watermark !== undefined && isSame) {
    const { upTo } = watermark;
    return { cursor: { ...begins, ...(upTo === undefined ? {} : { upTo }) }, problems: [] };
  }
  const found = await compareHighest(client, asked, watermark?.upTo);
  const highest = 'broken' in found ? undefined : found.highest;
  const nulls = await countNulls(client, agreed.selection, cursor);
  const problems = [
    ...nullsProblem(cursor, nulls),
    ...(highest === undefined ? [] : endlessProblem(cursor, highest)),
  ];
  const seen: CursorObservation = {
    ...begins,
    ...(highest === undefined ? {} : { upTo: highest.values }),
    ...(nulls === undefined ? {} : { nulls }),
  };
  if (hasOtherColumns)
    return { cursor: { ...seen, since: { broken: otherColumns(request, cursor) } }, problems };
  if (watermark === undefined || problems.length > 0) return { cursor: seen, problems };
  const present = await takeHorizon(client, agreed.relation);
  const broken =
    'broken' in found ? found.broken : await breakOf(client, asked, { watermark, present, highest });
  const since =
    broken === undefined ? await sinceOf(client, asked, { watermark, present, from }) : { broken };
  return { cursor: { ...seen, since }, problems };
}

const otherColumns = ({ watermark }: SourceRequest, cursor: Cursor) =>
  `it was read by ${watermark?.columns.join(', ') ?? ''}, and goes by ${cursorNames(cursor).join(', ')} now`;

/** The highest now, held against what was read before. That may be of a type that the column has no longer. */
async function compareHighest(
  client: pg.Client,
  { agreed: { selection }, cursor }: Asked,
  before: readonly string[] | undefined,
): Promise<{ highest: Highest | undefined } | { broken: string }> {
  if (cursor.load.kind === 'window') return { highest: undefined };
  try {
    return { highest: await attempt(client, () => findHighest(client, selection, cursor, before)) };
  } catch (error) {
    if (before === undefined || !isDatabaseError(error) || error.code?.startsWith('22') !== true) throw error;
    return { broken: `what was read before can no longer be compared: ${foreign(error.message)}` };
  }
}

async function breakOf(
  client: pg.Client,
  { agreed, cursor }: Asked,
  {
    watermark,
    present,
    highest,
  }: { watermark: Watermark; present: Present | undefined; highest: Highest | undefined },
): Promise<string | undefined> {
  const broken = horizonBreak(watermark.horizon, present?.horizon, cursor.load.kind);
  if (broken !== undefined || watermark.upTo === undefined) return broken;
  const hasFallen = highest === undefined || highest.fell;
  if (!hasFallen || (await mayFall(client, agreed, cursor, watermark.upTo))) return undefined;
  if (highest === undefined) return 'it has no rows now, though it had some';
  return `its highest ${cursorNames(cursor).join(', ')} is lower than what was read before: rows have gone`;
}

/**
 * Returns whether the number of rows may fall. Deleted rows are found separately, and a row that no longer matches
 * the selection still exists.
 */
async function mayFall(
  client: pg.Client,
  { selection }: Agreed,
  cursor: Cursor,
  before: readonly string[],
): Promise<boolean> {
  const { load } = cursor;
  if (load.kind !== 'cursor') return false;
  if (load.deletes !== undefined) return true;
  if (load.mode === 'append' || selection.conditions.length === 0) return false;
  const highest = await findHighest(client, { ...selection, conditions: [] }, cursor, before);
  return highest !== undefined && !highest.fell;
}

async function sinceOf(
  client: pg.Client,
  { request: { table, before }, agreed, cursor, fingerprint }: Asked,
  {
    watermark,
    present,
    from,
  }: { watermark: Watermark; present: Present | undefined; from: string | undefined },
): Promise<SinceWatermark> {
  const after = await afterOf(client, cursor, watermark.upTo);
  const { horizon } = watermark;
  const range = { after, from, horizon, late: lateSince(horizon, present) };
  const continued = { table, agreed, cursor };
  const broken = await attachedBreak(client, continued, range, [before, fingerprint]);
  if (broken !== undefined) return { broken };
  const isCounted = fingerprint.kind === 'postgres';
  const counts = await countRange(client, { ...continued, watermark, range });
  const behind = isCounted ? await countBehind(client, continued, after) : undefined;
  const hasNoneLate = counts.late === 0 && lateOf(table, cursor, range) !== undefined;
  return {
    ...(after === undefined ? {} : { after }),
    ...counts,
    ...(behind !== undefined && { behind }),
    ...(hasNoneLate && present !== undefined && { horizon: present.horizon }),
    marks: await takeMarks(client, { ...continued, counted: isCounted, watermark, after }),
  };
}

/** Counts the rows of a range. Rows that no longer match the selection count as late ones: they need work. */
async function countRange(
  client: pg.Client,
  given: { table: Table; agreed: Agreed; cursor: Cursor; watermark: Watermark; range: Range },
): Promise<{ rows: number; beyond: number; ties?: number; late: number }> {
  const { table, agreed, cursor, watermark, range } = given;
  const { selection } = agreed;
  const taken = allOf(...selection.conditions);
  const reads = inRange(table, cursor, range);
  const isWindow = cursor.load.kind === 'window';
  const beyond = isWindow ? 'false' : watermark.upTo && compare(cursor, '>', watermark.upTo);
  const ties = readsTies(table, cursor, range) && watermark.upTo && compare(cursor, '=', watermark.upTo);
  const late = lateOf(table, cursor, range);
  const left = late && allOf(...(leftRows(table, cursor, selection, range)?.conditions ?? []));
  const scanned = reads === undefined ? undefined : anyOf(reads, left);
  const count = (...conditions: (string | undefined)[]) => {
    const wanted = allOf(left && taken, ...conditions);
    return wanted === undefined ? 'count(*)' : `count(*) filter (where ${wanted})`;
  };
  const { rows } = await probe(
    client,
    `select ${count(reads)}, ${count(beyond)}, ${ties ? count(ties) : 'null'},
            ${late === undefined ? '0' : count(`(${beyond ?? 'true'}) is not true`, late)}
            ${left === undefined ? '' : `+ count(*) filter (where ${left})`}
     from ${rowsSql(left === undefined ? selection : { ...selection, conditions: [] }, scanned)}`,
  );
  const [read, further, equal, lately] = rows[0] ?? [];
  return {
    rows: Number(read),
    beyond: Number(further),
    ...(typeof ties === 'string' && { ties: Number(equal) }),
    late: Number(lately),
  };
}

/**
 * Counts the rows that a complete extract would have up to its watermark, or up to the beginning of a lag. Done where
 * nothing finds rows that were committed late, and only for tables whose counters report a change: it takes a scan.
 */
async function countBehind(
  client: pg.Client,
  { table, agreed, cursor }: { table: Table; agreed: Agreed; cursor: Cursor },
  upTo: readonly string[] | undefined,
): Promise<number | undefined> {
  const { load } = cursor;
  if (load.kind !== 'cursor' || upTo === undefined || load.nulls === 'include') return undefined;
  if (await findsLate(client, table, agreed.relation)) return undefined;
  const { rows } = await probe(
    client,
    `select count(*) from ${rowsSql(agreed.selection, compare(cursor, '<=', upTo))}`,
  );
  return Number(rows[0]?.[0]);
}
