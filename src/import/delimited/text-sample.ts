/** The beginning of a file of text: unpacked, in the encoding of the file. */
export interface Sample {
  /** The name of the file in messages. */
  shown: string;
  bytes: Buffer;
  /** The bytes are all of the file. */
  isWhole: boolean;
}

/** A sample as UTF-8. The last character is complete. */
export interface TextSample {
  shown: string;
  text: Buffer;
  isWhole: boolean;
}
