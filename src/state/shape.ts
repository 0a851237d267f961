/** Describes what is wrong with a value at a path (`tables.orders.rows is no number`), or returns undefined. */
export type Shape = (value: unknown, path: string) => string | undefined;

const wrong = (path: string, expected: string) => `${path === '' ? 'it' : path} is no ${expected}`;

export const text: Shape = (value, path) => (typeof value === 'string' ? undefined : wrong(path, 'text'));

export const amount: Shape = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? undefined : wrong(path, 'number');

/** A number that the system can give to a process. */
export const processNumber: Shape = (value, path) =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31
    ? undefined
    : wrong(path, 'number of a process');

/** Returns a shape that requires both shapes. */
export function every(one: Shape, other: Shape): Shape {
  return (value, path) => one(value, path) ?? other(value, path);
}

export function optional(shape: Shape): Shape {
  return (value, path) => (value === undefined ? undefined : shape(value, path));
}

export function nullable(shape: Shape): Shape {
  return (value, path) => (value === null ? undefined : shape(value, path));
}

export function listOf(shape: Shape): Shape {
  return (value, path) =>
    Array.isArray(value) ? first(value.entries(), () => shape, path) : wrong(path, 'list');
}

/** A map of any keys with values of one shape. */
export function mapOf(shape: Shape): Shape {
  return (value, path) =>
    isMap(value) ? first(Object.entries(value), () => shape, path) : wrong(path, 'map');
}

/** A map with these keys; others are from a later version, and do not matter. */
export function mapWith(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value, path) => {
    if (!isMap(value)) return wrong(path, 'map');
    const entries = Object.keys(shapes).map((key) => [key, value[key]] as const);
    return first(entries, (key) => shapes[key], path);
  };
}

/** A map whose `kind` says which of the shapes it has; a kind that only later versions know equals none of ours. */
export function byKind(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value, path) => {
    if (!isMap(value) || typeof value.kind !== 'string') return wrong(path, 'map with a kind');
    const shape = Object.hasOwn(shapes, value.kind) ? shapes[value.kind] : undefined;
    return shape?.(value, path);
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function first(
  entries: Iterable<readonly [string | number, unknown]>,
  shapeOf: (key: string) => Shape | undefined,
  path: string,
): string | undefined {
  for (const [key, value] of entries) {
    const problem = shapeOf(String(key))?.(value, path === '' ? String(key) : `${path}.${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
