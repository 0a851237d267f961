import type { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Request } from './http-text.ts';

/**
 * Requests for objects of one bucket. The SDK takes milliseconds of CPU for each: parameters, endpoint, middleware, which
 * are the same for all of them. So it makes the first, and others are like it but for their key, version and
 * range, signed by what it has chosen to sign the first.
 */
export class ObjectRequests {
  #pattern: Pattern | undefined;

  /** Has the request of a command for this key be the pattern of others. */
  learn(command: GetObjectCommand, key: string): void {
    command.middlewareStack.add(
      (next, context) => (step) => {
        const scheme = (context as Partial<Context>).__smithy_context?.selectedHttpAuthScheme;
        const request = step.request as Request;
        const encoded = encodeKey(key);
        if (scheme !== undefined && request.path.endsWith(`/${encoded}`))
          this.#pattern = { request, scheme, folder: request.path.slice(0, -encoded.length) };
        return next(step);
      },
      // Signing is a later one of this step.
      { step: 'finalizeRequest', priority: 'high', name: 'pattern' },
    );
  }

  /** Returns a signed request; undefined where the SDK must make it. */
  async make(
    key: string,
    query: Record<string, string>,
    headers: Record<string, string>,
  ): Promise<Request | undefined> {
    if (this.#pattern === undefined) return undefined;
    const { request, scheme, folder } = this.#pattern;
    const { identity, signer, httpAuthOption } = scheme;
    // The SDK gets new credentials some minutes before they end.
    if (identity.expiration !== undefined && identity.expiration.getTime() - Date.now() < 6 * 60_000)
      return undefined;
    const stays = Object.entries(request.headers).filter(([name]) => !ofOneRequest.has(name.toLowerCase()));
    const unsigned = {
      ...request,
      path: folder + encodeKey(key),
      query: { 'x-id': 'GetObject', ...query },
      headers: { ...Object.fromEntries(stays), ...headers },
    };
    return signer.sign(unsigned, identity, httpAuthOption.signingProperties ?? {});
  }

  /** Something was wrong with a request: the SDK makes the next one, and may find other credentials. */
  forget(): void {
    this.#pattern = undefined;
  }
}

const ofOneRequest = new Set(['if-match', 'range', 'amz-sdk-invocation-id', 'amz-sdk-request']);

/** Encodes a key as the SDK does: all but the unreserved characters of RFC 3986 and the slash. */
const encodeKey = (key: string) =>
  encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

interface Pattern {
  /** The request, not signed. */
  request: Request;
  scheme: Scheme;
  /** The path as far as the key. */
  folder: string;
}

/** The context of a request in the SDK's middleware before it is signed (`SelectedHttpAuthScheme` of Smithy). */
interface Context {
  __smithy_context: { selectedHttpAuthScheme?: Scheme };
}

interface Scheme {
  httpAuthOption: { signingProperties?: Record<string, unknown> };
  identity: { expiration?: Date };
  signer: {
    sign: (request: Request, identity: unknown, properties: Record<string, unknown>) => Promise<Request>;
  };
}
