/**
 * The AWS SDK, loaded when something on S3 is first opened: it takes longer to load than all the rest of the program.
 * Everything of it that is used anywhere comes through here.
 */
export function loadSdk() {
  return import('@aws-sdk/client-s3');
}

/** Profiles and roles. What finds credentials in AWS's own order is part of the client. */
export function loadProviders() {
  return import('@aws-sdk/credential-providers');
}

export type Sdk = Awaited<ReturnType<typeof loadSdk>>;
export type Providers = Awaited<ReturnType<typeof loadProviders>>;
