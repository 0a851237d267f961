/**
 * Everything that must not outlive the process: drafts, temporary folders, hyperd, locks. Each is registered while it
 * exists. The usual clean-up removes it in its own way; this one runs where there is no time for that, and therefore
 * synchronously.
 */
const leftovers = new Set<() => void>();

/** Registers a clean-up for a sudden end; the returned function unregisters it. It may run after the usual one. */
export function beforeSuddenEnd(cleanUp: () => void): () => void {
  leftovers.add(cleanUp);
  return () => void leftovers.delete(cleanUp);
}

/** Runs all registered clean-ups, the latest first: what was made last depends on what was made before. */
export function cleanUpSuddenly(): void {
  for (const cleanUp of [...leftovers].reverse()) {
    try {
      cleanUp();
    } catch {
      // The process ends in any case, and the others must be tried, too. A later run removes what is left.
    }
  }
  leftovers.clear();
}
