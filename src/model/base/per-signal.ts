/** Keeps what is made for each signal for as long as that is in use. */
export function perSignal<T extends object>(make: (signal: AbortSignal) => T): (signal: AbortSignal) => T {
  const made = new WeakMap<AbortSignal, T>();
  return (signal) => {
    const found = made.get(signal) ?? make(signal);
    made.set(signal, found);
    return found;
  };
}
