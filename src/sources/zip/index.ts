/** Zip archives as customers send them, in files or in objects of a bucket. Only the needed parts are read. */
export { listArchive, type ArchivedFile } from './list.ts';
export { unpackFile } from './unpack.ts';
