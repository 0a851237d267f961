/** Returns why the system refused, without its call and the names of drafts: `ENOSPC: no space left on device`. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, \w+( '[^]*)?$/, '');
}
