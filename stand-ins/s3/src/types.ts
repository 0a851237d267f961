/** A pair of keys that may sign. With `sessionToken` it is a temporary one, and requests must carry the token. */
export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** Every request signed with it is answered with ExpiredToken. */
  expired?: boolean;
}

export interface BucketOptions {
  /** Unsigned requests may read and list. Writing always needs a signature. */
  anonymous?: boolean;
  /** Requests must carry `x-amz-request-payer: requester`, and must be signed. */
  requesterPays?: boolean;
  versioning?: boolean;
  /** The region of the bucket; requests signed for other regions are redirected. Default: the stand-in's region. */
  region?: string;
  readOnly?: boolean;
  quirks?: BucketQuirks;
}

/** The differences of other services from S3. */
export interface BucketQuirks {
  /** Neither listings nor answers have an ETag. */
  noEtags?: boolean;
  ignoresReadConditions?: boolean;
  /** `If-Match` and `If-None-Match` of uploads. */
  ignoresWriteConditions?: boolean;
  /** `If-Match` of DELETE, as MinIO does. */
  ignoresDeleteConditions?: boolean;
  /** `If-None-Match: *` is 412 where the newest version is a delete marker, as on versitygw. */
  refusesOverDeleteMarkers?: boolean;
  /** No object matches an `If-Match` in quotes, as on DigitalOcean Spaces. */
  refusesQuotedEtags?: boolean;
  /** Conditions on uploads are 501. */
  refusesWriteConditions?: boolean;
}

export interface S3StandInOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Default `us-east-1`. */
  region?: string;
  /** Default: one invented pair, returned as `credentials`. */
  credentials?: readonly S3Credentials[];
  buckets?: Readonly<Record<string, BucketOptions>>;
  /** Its sub folders become read-only buckets that follow the files in them. */
  folder?: string;
  /** Default 127.0.0.1. */
  host?: '127.0.0.1' | '::1';
  /** Speaks TLS with this key and certificate (PEM); `onHandshake` hears of each, and whether it continued a session. */
  tls?: {
    readonly key: string;
    readonly cert: string;
    readonly onHandshake?: (isContinued: boolean) => void;
  };
  /** After so many requests a connection is closed. Default: never. */
  requestsPerConnection?: number;
  /** The server's clock, for tests of skew and expiry. */
  clock?: () => Date;
}

/**
 * The bytes of an object. A `file` is read in place and must not change. `generate` is asked for ranges of a
 * content that must be the same each time, so that an object of a gigabyte costs no memory.
 */
export type ObjectBody =
  | string
  | Uint8Array
  | { readonly file: string }
  | { readonly size: number; readonly generate: (offset: number, length: number) => Uint8Array };

export interface PutOptions {
  contentType?: string;
  contentEncoding?: string;
  /** Whole seconds are kept, as S3 does. Default: now. */
  lastModified?: Date;
  /** Default STANDARD; GLACIER and DEEP_ARCHIVE cannot be read. */
  storageClass?: string;
  /** Without quotes. Default: MD5 of the bytes, or a made-up `…-N` (as of a multipart upload) for generated ones. */
  etag?: string;
  /** User metadata without the `x-amz-meta-` prefix. */
  metadata?: Record<string, string>;
}

export interface ObjectSummary {
  key: string;
  size: number;
  /** Without quotes. */
  etag: string;
  lastModified: Date;
  storageClass: string;
  /** The version, only in buckets with versioning. */
  versionId?: string;
}
