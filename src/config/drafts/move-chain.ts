import type * as Written from '../../model/config/written.gen.ts';

/**
 * Renames that follow each other: a line may remain after its target, or what contains it, was renamed again.
 */
export interface Chain {
  /** Returns the present address, and the number of moves to it. */
  follow(address: string): { address: string; hops: number };
  /** Returns the earlier names of this address, the latest first. */
  formerly(address: string): string[];
}

export function followMoves(moves: readonly Written.Move[]): Chain {
  const follow = (address: string) => {
    let [now, hops] = [address, 0];
    // Lines that lead round in a circle are reported as what is still there.
    for (; hops < moves.length; hops++) {
      const next = step(now, moves);
      if (next === undefined) break;
      now = next;
    }
    return { address: now, hops };
  };
  return {
    follow,
    formerly: (address) =>
      moves
        .map(({ from, to }) => ({ from, ...follow(to) }))
        .filter((one) => one.address === address)
        .sort((one, other) => one.hops - other.hops)
        .map(({ from }) => from),
  };
}

/** Applies the most specific move; what is inside of the moved thing moves with it. */
function step(address: string, moves: readonly Written.Move[]): string | undefined {
  const [move] = moves
    .filter(({ from, to }) => from !== to && (address === from || address.startsWith(`${from}.`)))
    .sort((one, other) => other.from.length - one.from.length);
  return move && move.to + address.slice(move.from.length);
}
