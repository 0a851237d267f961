import { amount, byKind, listOf, mapOf, mapWith, nullable, optional, text } from './shape.ts';

const watermark = mapWith({
  columns: listOf(text),
  upTo: optional(listOf(text)),
  from: optional(text),
  inExtract: optional(listOf(nullable(text))),
  horizon: optional(mapWith({ transaction: text, system: text })),
  marks: optional(mapOf(text)),
});

const fingerprint = byKind({
  postgres: mapWith({
    system: text,
    columns: listOf(text),
    relations: mapOf(mapOf(text)),
  }),
  value: mapWith({ value: text }),
  definitions: mapWith({ definitions: mapOf(text) }),
  files: mapWith({ files: mapOf(mapWith({ size: amount, modified: text, sha256: optional(text) })) }),
  objects: mapWith({
    bucket: text,
    objects: mapOf(mapWith({ etag: optional(text), size: amount, modified: optional(text) })),
    header: optional(mapWith({ key: text, etag: text })),
  }),
});

const table = mapWith({
  definition: mapWith({
    columns: listOf(mapWith({ name: text, type: text, from: text })),
    rest: mapOf(text),
  }),
  rows: amount,
  bytes: amount,
  fingerprint: optional(fingerprint),
  watermark: optional(watermark),
  readWhole: optional(text),
});

/**
 * The shape without which a record cannot be read: every version of the program that wrote format 1 has written these
 * fields. Fields that later versions add are not checked here.
 */
export const recordShape = mapWith({
  tool: text,
  address: text,
  file: optional(text),
  configuration: text,
  tables: mapOf(table),
  extract: mapWith({
    shown: optional(text),
    schema: text,
    version: amount,
    keys: text,
    size: amount,
    modified: text,
    compact: optional(mapWith({ size: amount, rows: amount })),
  }),
  template: optional(
    mapWith({
      shown: text,
      sha256: text,
      compression: text,
      size: amount,
      modified: text,
      accepted: optional(listOf(text)),
    }),
  ),
  destinations: mapOf(mapWith({ size: amount })),
  run: optional(text),
  missing: optional(text),
  made: optional(mapWith({ extract: text, package: optional(text), destinations: mapOf(mapWith({})) })),
});
