/**
 * The resources that several readers share: requests under way, and memory for bytes that were requested and not yet
 * handed on.
 */
export interface Budget {
  /** Takes one request and at least this many bytes of memory, if there is room. `must`: also without room. */
  take(bytes: number, must: boolean): Buffer | undefined;
  endRequest(): void;
  /**
   * Gives memory back. `isUnused`: no reader looks at it or writes into it now, so that another one can have it.
   */
  giveBack(memory: Buffer, isUnused: boolean): void;
  readonly taken: Readonly<Room>;
}

export interface Room {
  requests: number;
  bytes: number;
}

/**
 * Creates a budget. Memory that was given back is given out again: the garbage collector sees none of the bytes that
 * pass, and there is never more of it than there is room for.
 */
export function createBudget(room: Room): Budget {
  const taken: Room = { requests: 0, bytes: 0 };
  const unused: Buffer[] = [];
  let unusedBytes = 0;
  const findMemory = (size: number) => {
    const index = unused.findIndex(({ length }) => length === size);
    if (index < 0) return undefined;
    unusedBytes -= size;
    return unused.splice(index, 1)[0];
  };
  return {
    taken,
    take(bytes, must) {
      const size = sizeFor(bytes);
      const fits = taken.requests < room.requests && taken.bytes + size <= room.bytes;
      if (!fits && !must) return undefined;
      taken.requests++;
      taken.bytes += size;
      return findMemory(size) ?? Buffer.allocUnsafeSlow(size);
    },
    endRequest() {
      taken.requests--;
    },
    giveBack(memory, isUnused) {
      taken.bytes -= memory.length;
      if (!isUnused) return;
      unused.push(memory);
      unusedBytes += memory.length;
      // Drops memory of other sizes, which is no longer needed.
      while (unusedBytes > room.bytes) unusedBytes -= unused.shift()?.length ?? 0;
    },
  };
}

/** Few sizes, so that what one range has left is what another one needs. */
function sizeFor(bytes: number): number {
  return Math.max(smallest, 2 ** Math.ceil(Math.log2(bytes)));
}

const smallest = 16 * 1024;
