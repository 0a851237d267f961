import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { findHyperd } from '../../../../src/hyper/binary.ts';
import { startHyperd } from '../../../../src/hyper/process.ts';
import { isServerError, openSession } from '../../../../src/hyper/session.ts';
import { hyperSqlType } from '../../../../src/hyper/column-types.ts';
import { parseColumnType } from '../../../../src/model/config/column-type.ts';
import type { Column } from '../../../../src/model/config/pipeline.ts';
import type { CsvFormat } from '../../../../src/model/config/source.ts';
import { isRefused, valueRule, type Reading } from '../../../../src/sources/delimited/values/index.ts';

export function column(type: string, settings: Partial<Column> = {}): Column {
  const parsed = parseColumnType(type);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return {
    name: 'c',
    place: { file: 'p.yaml', pointer: '/tables/t/columns/c' },
    type: parsed,
    notNull: false,
    origin: { kind: 'column', name: 'c' },
    onInfinite: 'error',
    ...settings,
  };
}

export function csvFormat(settings: Partial<CsvFormat> = {}): CsvFormat {
  return {
    type: 'csv',
    delimiter: ',',
    quote: '"',
    escape: '"',
    header: true,
    nulls: [''],
    encoding: 'utf-8',
    dateOrder: 'MDY',
    compression: 'by-name',
    ...settings,
  };
}

/** What hyperd is given for a text: the text, another one, NULL, or nothing but the reason. */
export function given(text: string, of: Column, format: CsvFormat): Reading {
  const rule = valueRule(of, format);
  if (rule === undefined) return { text };
  const bytes = Buffer.from(`,${text},`);
  const isExact = rule.isExact(bytes, 1, bytes.length - 1);
  const reading = rule.read(text);
  if (isExact && (isRefused(reading) || reading.text !== text)) {
    throw new Error(`${JSON.stringify(text)} is exact, but read as ${JSON.stringify(reading)}`);
  }
  return reading;
}

export interface ValueReader {
  /** What hyperd makes of texts, as it prints it; an error for each that it refuses. */
  read(type: string, texts: readonly string[], dateOrder?: string): Promise<(string | { error: string })[]>;
  stop(): Promise<void>;
}

/** Each refused text costs one more COPY. */
const MOST_REFUSED = 40;

/** A hyperd that reads texts as it reads the fields of a file. */
export async function startValueReader(): Promise<ValueReader> {
  const directory = await mkdtemp(path.join(tmpdir(), 'values-'));
  const engine = await startHyperd(await findHyperd(process.env), {});
  const session = await openSession(engine);
  await session.query(`create database "${directory}/v.hyper"`);
  await session.query(`attach database "${directory}/v.hyper" as v`);
  await session.query('set extra_float_digits = 3');
  const signal = new AbortController().signal;
  let tables = 0;
  return {
    async read(type, texts, dateOrder = 'MDY') {
      await session.query(`set date_style = '${dateOrder}'`);
      await session.query(`set date_style_lenient = ${dateOrder === 'MDY'}`);
      const result: (string | { error: string })[] = [];
      const refused = new Map<number, string>();
      for (;;) {
        const table = `v.public.t${++tables}`;
        await session.query(`create table ${table} (i int, v ${hyperSqlType(column(type).type)})`);
        const left = texts.flatMap((text, index) => (refused.has(index) ? [] : [{ text, index }]));
        const csv = left.map(({ text, index }) => `${index},"${text.replaceAll('"', '""')}"\n`).join('');
        try {
          const sql = `copy ${table} from stdin with (format csv, null 'NULL')`;
          await session.copyIn(sql, Readable.from([Buffer.from(csv)]), () => undefined, signal);
        } catch (error) {
          const record = isServerError(error) ? /line: ?(\d+)/.exec(error.detail ?? '')?.[1] : undefined;
          const bad = left[Number(record) - 1];
          if (!isServerError(error) || bad === undefined) throw error;
          refused.set(bad.index, error.message);
          if (refused.size > MOST_REFUSED) {
            const some = [...refused].map(
              ([index, message]) => `${JSON.stringify(texts[index])}: ${message}`,
            );
            throw new Error(`hyperd refuses many of these texts (${type}):\n${some.join('\n')}`, {
              cause: error,
            });
          }
          continue;
        }
        const rows = await session.query(`select i::text as i, v::text as v from ${table}`);
        for (const { i, v } of rows) result[Number(i)] = v ?? 'NULL';
        for (const [index, error] of refused) result[index] = { error };
        return result;
      }
    },
    async stop() {
      await session.end();
      await engine.stop();
      await rm(directory, { recursive: true });
    },
  };
}
