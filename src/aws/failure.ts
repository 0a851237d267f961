/** The parts of an error of S3, the network or the SDK that explain it. */
export interface Failure {
  name: string;
  message: string;
  code: string | undefined;
  Code: string | undefined;
  Region: string | undefined;
  $metadata: { httpStatusCode?: number } | undefined;
  $response: { headers?: Record<string, string> } | undefined;
  /** The code of the error behind it. */
  causeCode: string | undefined;
  /** The error itself. */
  thrown: unknown;
}

/**
 * Reads an error. What the SDK has parsed from a document of the service need not be text: an element that is there
 * twice is a list, and one with others inside is an object.
 */
export function readFailure(thrown: unknown): Failure {
  const error = thrown as Record<string, unknown> & Pick<Failure, '$metadata' | '$response'>;
  return {
    name: textOf(error.name) ?? '',
    message: textOf(error.message) ?? '',
    code: textOf(error.code),
    Code: textOf(error.Code),
    Region: textOf(error.Region),
    $metadata: error.$metadata,
    $response: error.$response,
    causeCode: textOf((error.cause as { code?: unknown } | undefined)?.code),
    thrown,
  };
}

/** The first text, if there is any. */
function textOf(value: unknown): string | undefined {
  const [first] = [value].flat();
  return typeof first === 'string' ? first : undefined;
}
