/**
 * The AWS SDK, loaded when a source of this kind is first opened: it takes longer to load than all the rest of the
 * program. Everything of it that this room uses comes through here.
 */
export async function loadSdk() {
  // What the SDK says about the version of Node.js is for us, not for the users of a nightly job.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const [s3, providers] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/credential-providers'),
  ]);
  return { ...s3, ...providers };
}

export type Sdk = Awaited<ReturnType<typeof loadSdk>>;
