/**
 * All of them side by side, each to its end: nothing goes on behind the back of whoever waits. Which failure is told
 * follows from their order and not from their haste.
 */
export async function settleAll<Results extends readonly unknown[]>(
  ...calls: { [Index in keyof Results]: Promise<Results[Index]> }
): Promise<Results> {
  const settled = await Promise.allSettled(calls);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as Results;
}
