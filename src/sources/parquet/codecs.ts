/** CompressionCodec, by number. */
export const codecNames: readonly string[] = [
  'nothing',
  'snappy',
  'gzip',
  'lzo',
  'brotli',
  'lz4 (the deprecated framing)',
  'zstd',
  'lz4',
];

/** The codecs that hyperd decompresses. */
export const readableCodecs: ReadonlySet<string> = new Set(['nothing', 'snappy', 'gzip', 'zstd', 'lz4']);
