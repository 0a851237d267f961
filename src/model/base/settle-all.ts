/**
 * Runs all of them concurrently and waits until each has settled, so that nothing keeps running unnoticed. The reported
 * failure depends on their order, not on their speed.
 */
export async function settleAll<Results extends readonly unknown[]>(
  ...calls: { [Index in keyof Results]: Promise<Results[Index]> }
): Promise<Results> {
  const settled = await Promise.allSettled(calls);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as Results;
}
