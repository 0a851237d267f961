/**
 * The AWS SDK, loaded when something on S3 is first opened: it takes as long to load as half of the rest of the
 * program. Everything of it that is used anywhere comes through here.
 */
export function loadSdk() {
  return import('./s3.ts');
}

/** Profiles and roles. What finds credentials in AWS's own order is part of the client. */
export function loadProviders() {
  return import('@aws-sdk/credential-providers');
}

/** AWS's configuration files, where they are for AWS's own tools. */
export function loadConfigFiles() {
  return import('@smithy/core/config');
}

export type Sdk = Awaited<ReturnType<typeof loadSdk>>;
export type Providers = Awaited<ReturnType<typeof loadProviders>>;
