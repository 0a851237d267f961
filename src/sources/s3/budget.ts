/** What several readers share: requests under way, and bytes that were asked for and not yet handed on. */
export interface Budget {
  /** Takes one request and its bytes, if there is room. `must`: also if there is none. */
  take(bytes: number, must: boolean): boolean;
  endRequest(): void;
  giveBack(bytes: number): void;
  readonly taken: Readonly<Room>;
}

export interface Room {
  requests: number;
  bytes: number;
}

export function createBudget(room: Room): Budget {
  const taken: Room = { requests: 0, bytes: 0 };
  return {
    taken,
    take(bytes, must) {
      const fits = taken.requests < room.requests && taken.bytes + bytes <= room.bytes;
      if (!fits && !must) return false;
      taken.requests++;
      taken.bytes += bytes;
      return true;
    },
    endRequest() {
      taken.requests--;
    },
    giveBack(bytes) {
      taken.bytes -= bytes;
    },
  };
}
