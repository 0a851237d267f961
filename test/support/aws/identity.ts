import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { S3Credentials } from '../../../stand-ins/s3/src/index.ts';

export interface IdentityRequest {
  service: 'sts' | 'sso';
  /** The access key that signed, for STS; the bearer token, for SSO. */
  as: string | undefined;
  parameters: Record<string, string>;
}

/**
 * The two calls by which the SDK gets temporary credentials, on 127.0.0.1: AssumeRole of AWS STS (Query API, XML) and
 * GetRoleCredentials of the IAM Identity Center portal (REST, JSON), as their API references describe them. It checks
 * no signature: the test observes who requests what, and that the credentials given are those that are used.
 */
export interface Identity {
  endpoint: string;
  requests: IdentityRequest[];
  /** Answers every call with this error from now on. */
  refuse(code: string): void;
  close(): Promise<void>;
}

export async function startIdentity(
  given: Required<Pick<S3Credentials, 'sessionToken'>> & S3Credentials,
): Promise<Identity> {
  const requests: IdentityRequest[] = [];
  let refusal: string | undefined;
  const expiration = new Date(Date.now() + 3_600_000);
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const isSso = url.pathname === '/federation/credentials';
      const bearer = request.headers['x-amz-sso_bearer_token'];
      const key = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
      requests.push({
        service: isSso ? 'sso' : 'sts',
        as: isSso ? String(bearer) : key,
        parameters: Object.fromEntries(isSso ? url.searchParams : new URLSearchParams(body)),
      });
      if (refusal !== undefined) {
        response.writeHead(403, { 'content-type': 'text/xml' });
        response.end(
          `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${refusal}</Code><Message>no</Message></Error></ErrorResponse>`,
        );
        return;
      }
      const { accessKeyId, secretAccessKey, sessionToken } = given;
      if (isSso) {
        response.writeHead(200, { 'content-type': 'application/json' });
        const roleCredentials = {
          accessKeyId,
          secretAccessKey,
          sessionToken,
          expiration: expiration.getTime(),
        };
        response.end(JSON.stringify({ roleCredentials }));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(
        `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>` +
          `<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/reader/extracts</Arn><AssumedRoleId>AROA:extracts</AssumedRoleId></AssumedRoleUser>` +
          `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>` +
          `<SessionToken>${sessionToken}</SessionToken><Expiration>${expiration.toISOString()}</Expiration></Credentials>` +
          `</AssumeRoleResult></AssumeRoleResponse>`,
      );
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    refuse: (code) => void (refusal = code),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
