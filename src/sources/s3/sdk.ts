/**
 * The AWS SDK, loaded when a source of this kind is first opened: it takes longer to load than all the rest of the
 * program. Everything of it that this room uses comes through here.
 */
export async function loadSdk() {
  // What the SDK says about the version of Node.js is for us, not for the users of a nightly job.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  return import('@aws-sdk/client-s3');
}

/** Profiles and roles. What finds credentials in AWS's own order is part of the client. */
export async function loadProviders() {
  return import('@aws-sdk/credential-providers');
}

export type Sdk = Awaited<ReturnType<typeof loadSdk>>;
export type Providers = Awaited<ReturnType<typeof loadProviders>>;
