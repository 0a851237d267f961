/** The sample shop that examples, tests and benchmarks read. Invented here, and the same on every machine. */
export { generateOrders, type OrderRow } from './orders.ts';
export { writeCsvFiles } from './files.ts';
export { createTables } from './tables.ts';
