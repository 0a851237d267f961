import { isRecord } from '../rest/json.ts';
import { quoteName, quoteText } from './hyper.ts';

/** A condition of an update action, checked for shape and not yet against any table. */
export type Condition =
  | { op: 'and' | 'or'; args: Condition[] }
  | { op: 'not'; args: [Condition] }
  | { op: Comparison; left: Operand; right: Operand };

/** Public samples show `eq`, `lt` and `and`; the others are their evident companions. */
type Comparison = 'eq' | 'neq' | 'lt' | 'lte' | 'gt' | 'gte';

export type Operand =
  | { kind: 'target'; column: string }
  | { kind: 'source'; column: string }
  | { kind: 'constant'; type: string; value: string };

const signs: Record<Comparison, string> = { eq: '=', neq: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** Reads a condition; throws an Error that says what is wrong with its shape. */
export function readCondition(value: unknown): Condition {
  if (!isRecord(value)) throw new Error('a condition must be an object');
  const op = value.op;
  if (op === 'and' || op === 'or' || op === 'not') {
    const args: unknown = value.args;
    if (!Array.isArray(args) || args.length === 0) throw new Error(`'${op}' needs args`);
    const conditions = args.map(readCondition);
    if (op !== 'not') return { op, args: conditions };
    const [only, ...more] = conditions;
    if (only === undefined || more.length > 0) throw new Error(`'not' takes one argument`);
    return { op, args: [only] };
  }
  if (!isComparison(op)) throw new Error(`'${String(op)}' is not an operator`);
  const operands = operandsOf(value);
  const [left, right] = operands;
  if (left === undefined || right === undefined || operands.length > 2) {
    throw new Error(`'${op}' compares exactly two of target-col, source-col and const`);
  }
  return { op, left, right };
}

function isComparison(op: unknown): op is Comparison {
  return typeof op === 'string' && Object.hasOwn(signs, op);
}

const constantTypes = ['string', 'datetime', 'date', 'integer', 'double', 'boolean'];

function operandsOf(value: Record<string, unknown>): Operand[] {
  const { 'target-col': target, 'source-col': source, const: constant } = value;
  const operands: Operand[] = [];
  if (typeof target === 'string') operands.push({ kind: 'target', column: target });
  if (typeof source === 'string') operands.push({ kind: 'source', column: source });
  if (isRecord(constant)) {
    const { type, v } = constant;
    if (typeof type !== 'string' || !constantTypes.includes(type)) {
      throw new Error(`a constant's type is one of ${constantTypes.join(', ')}`);
    }
    if (typeof v !== 'string' && typeof v !== 'number' && typeof v !== 'boolean') {
      throw new Error(`a constant's v is a string, a number or a boolean`);
    }
    operands.push({ kind: 'constant', type, value: String(v) });
  }
  return operands;
}

export function operandsIn(condition: Condition): Operand[] {
  return 'args' in condition ? condition.args.flatMap(operandsIn) : [condition.left, condition.right];
}

/**
 * Returns the source columns of a condition that only equates columns, all of which must hold; undefined for any
 * other.
 */
export function sourceKeyOf(condition: Condition): string[] | undefined {
  if (condition.op === 'and') {
    const keys = condition.args.map(sourceKeyOf);
    return keys.every((key) => key !== undefined) ? keys.flat() : undefined;
  }
  if (condition.op !== 'eq') return undefined;
  return [condition.left, condition.right].flatMap((side) => (side.kind === 'source' ? [side.column] : []));
}

/** The SQL of a condition over the tables named `target` and `source`. */
export function conditionSql(condition: Condition): string {
  switch (condition.op) {
    case 'and':
    case 'or':
      return `(${condition.args.map(conditionSql).join(` ${condition.op} `)})`;
    case 'not':
      return `(not ${conditionSql(condition.args[0])})`;
    case 'eq':
    case 'neq':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return `${operandSql(condition.left)} ${signs[condition.op]} ${operandSql(condition.right)}`;
  }
}

const constantCasts: Record<string, string> = {
  string: 'text',
  datetime: 'timestamp',
  date: 'date',
  integer: 'bigint',
  double: 'double precision',
  boolean: 'boolean',
};

function operandSql(operand: Operand): string {
  if (operand.kind !== 'constant') return `${operand.kind}.${quoteName(operand.column)}`;
  return `cast(${quoteText(operand.value)} as ${constantCasts[operand.type] ?? 'text'})`;
}
