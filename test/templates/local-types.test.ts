import { describe, expect, it } from 'vitest';
import { formatColumnType, parseColumnType } from '../../src/model/config/column-type.ts';
import type { ColumnType } from '../../src/model/config/column-type.ts';
import { columnShape, columnTypeOf } from '../../src/templates/local-types.ts';

describe('Hyper types in a .tds', () => {
  it.each([
    ['text', 129, 'string', 'Count', 'text'],
    ['json', 129, 'string', 'Count', 'text'],
    ['varchar(20)', 129, 'string', 'Count', 'varchar(20)'],
    ['char(2)', 129, 'string', 'Count', 'varchar(2)'],
    ['smallint', 2, 'integer', 'Sum', 'smallint'],
    ['int', 3, 'integer', 'Sum', 'int'],
    ['bigint', 20, 'integer', 'Sum', 'bigint'],
    ['real', 4, 'real', 'Sum', 'real'],
    ['double', 5, 'real', 'Sum', 'double'],
    ['numeric(18,4)', 131, 'real', 'Sum', 'numeric(18,4)'],
    ['numeric(9)', 131, 'integer', 'Sum', 'numeric(9,0)'],
    ['boolean', 11, 'boolean', 'Count', 'boolean'],
    ['date', 133, 'date', 'Year', 'date'],
    ['timestamp', 135, 'datetime', 'Year', 'timestamp'],
    ['geography', 128, 'spatial', 'Collect', 'geography'],
  ])('%s is %i, %s, %s, and comes back as %s', (written, remoteType, localType, aggregation, back) => {
    const shape = columnShape(parseColumnType(written) as ColumnType)!;
    expect(shape).toMatchObject({ remoteType, localType, aggregation });
    expect(formatColumnType(columnTypeOf(localType, String(remoteType), shape))).toBe(back);
  });

  it.each(['timestamptz', 'time', 'interval', 'bytes', 'oid'])('%s has none', (written) => {
    expect(columnShape(parseColumnType(written) as ColumnType)).toBeUndefined();
  });

  it('are guessed from the local type where the number is that of another source', () => {
    const guess = (localType: string, remoteType: string) =>
      formatColumnType(columnTypeOf(localType, remoteType));
    expect([
      guess('string', '130'),
      guess('datetime', '7'),
      guess('integer', '131'),
      guess('real', '6'),
    ]).toEqual([...['text', 'timestamp', 'bigint', 'double']]);
  });
});
