/** The use of a connection. One that leads, by holding a snapshot or asking, may wait for others that read at it. */
export type Use = 'lead' | 'read';

/** Connections that are counted together: those to one server, or those of one source that has a limit. */
export interface Need {
  room: string;
  /** The most connections in this room at once. */
  most: number;
  /** The number that is needed, all at once. */
  count: number;
}

export interface Budget {
  /**
   * Resolves when all of them are granted at once, with a function that gives back one connection in each of these rooms. Rejects
   * with the reason of a signal that is aborted before.
   */
  take(use: Use, needs: readonly Need[], signal?: AbortSignal): Promise<(rooms: readonly string[]) => void>;
}

/** A leader alone is of no use: it needs at least one reader. */
export const fewest = 2;

/** The most leaders that one caller can have in a room: a reader must fit beside them. */
export const mostLeaders = (most: number): number => Math.max(fewest, most) - 1;

/** The most readers in a room: half of it, which leaders leave to them. */
export const mostReaders = (most: number): number => Math.floor(Math.max(fewest, most) / 2);

interface Room {
  lead: number;
  read: number;
}

interface Waiting {
  use: Use;
  needs: readonly Need[];
  enter: () => void;
}

/**
 * Counts connections, so that there are never more than allowed in any room, and that no caller waits for ever: one that holds leaders
 * needs nothing more than readers, one of which always fits beside them, and who holds a reader needs nothing more. Further readers of
 * the same table are taken one by one: it is read without them, too.
 * Leaders of several sources are therefore taken together or not at all.
 */
export function openBudget(): Budget {
  const rooms = new Map<string, Room>();
  const waiting = new Set<Waiting>();
  const roomOf = (name: string) => {
    const room = rooms.get(name) ?? { lead: 0, read: 0 };
    rooms.set(name, room);
    return room;
  };
  const leave = (use: Use, names: readonly string[]) => {
    for (const name of names) {
      const room = roomOf(name);
      room[use]--;
      if (room.lead + room.read === 0) rooms.delete(name);
    }
    letIn(waiting, roomOf);
  };
  return {
    async take(use, needs, signal) {
      signal?.throwIfAborted();
      for (const { count, most } of needs) {
        if (count > mostLeaders(most)) throw new Error(`${count} connections can never be had among ${most}`);
      }
      await new Promise<void>((resolve, reject) => {
        const giveUp = () => {
          waiting.delete(one);
          reject(signal?.reason as Error);
          // Others may have waited behind it.
          letIn(waiting, roomOf);
        };
        const one: Waiting = {
          use,
          needs,
          enter() {
            signal?.removeEventListener('abort', giveUp);
            resolve();
          },
        };
        signal?.addEventListener('abort', giveUp, { once: true });
        waiting.add(one);
        letIn(waiting, roomOf);
      });
      return (names) => leave(use, names);
    },
  };
}

/**
 * Lets in those who fit, in the order in which they came. In a room where one waits, no later one of its use overtakes it, so that who
 * needs much is not passed over for ever; those who wait elsewhere hold up no one here.
 */
function letIn(waiting: Set<Waiting>, roomOf: (name: string) => Room): void {
  const closed = new Set<string>();
  for (const one of waiting) {
    const { use, needs, enter } = one;
    const lacking = needs.filter(
      (need) => closed.has(`${use} ${need.room}`) || !fits(roomOf(need.room), use, need),
    );
    for (const { room } of lacking) closed.add(`${use} ${room}`);
    if (lacking.length > 0) continue;
    for (const { room, count } of needs) roomOf(room)[use] += count;
    waiting.delete(one);
    enter();
  }
}

/**
 * Half of a room is for leaders and half for readers. One caller who needs more leaders than half gets them when there is no
 * other leader.
 */
function fits({ lead, read }: Room, use: Use, { most, count }: Need): boolean {
  const all = Math.max(fewest, most);
  if (lead + read + count > all) return false;
  return use === 'read'
    ? read + count <= mostReaders(most)
    : lead === 0 || lead + count <= Math.ceil(all / 2);
}
