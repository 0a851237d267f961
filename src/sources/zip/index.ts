/** Zip archives as customers send them, of which parts can be read: files and objects of a bucket are alike. */
export { listArchive, type ArchivedFile } from './list.ts';
export { unpackFile } from './unpack.ts';
