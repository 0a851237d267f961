/** Something to do, which may wait for others by their ids. */
export interface Scheduled {
  id: string;
  after: readonly string[];
}

/**
 * Performs tasks side by side, each as soon as all that it waits for have ended. Resolves when the last one has ended. `perform`
 * returns false if what waits for the task must not begin; ids that are not among the tasks count as ended.
 */
export async function schedule<T extends Scheduled>(
  tasks: readonly T[],
  perform: (task: T) => Promise<boolean>,
): Promise<void> {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const ends = new Map<string, Promise<boolean>>();
  const endOf = (task: T): Promise<boolean> => {
    const known = ends.get(task.id);
    if (known !== undefined) return known;
    const before = task.after.flatMap((id) => byId.get(id) ?? []).map(endOf);
    const end = Promise.all(before).then((ended) => ended.every(Boolean) && perform(task));
    ends.set(task.id, end);
    return end;
  };
  const settled = await Promise.allSettled(tasks.map(endOf));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
