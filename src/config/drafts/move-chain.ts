import type * as Written from '../../model/config/written.gen.ts';

/**
 * Names that follow from each other: a line may remain after its target was renamed again, or after the thing around it
 * was.
 */
export interface Chain {
  /** The address as it is called today, and over how many moves. */
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

/** The narrowest thing that was moved takes what is in it along. */
function step(address: string, moves: readonly Written.Move[]): string | undefined {
  const [move] = moves
    .filter(({ from, to }) => from !== to && (address === from || address.startsWith(`${from}.`)))
    .sort((one, other) => other.from.length - one.from.length);
  return move && move.to + address.slice(move.from.length);
}
