import type { Answer } from './rest/answer.ts';
import { answer, errorAnswer, proxyPage } from './rest/answer.ts';

/**
 * The kinds of faults. `work` is the effect that the request asks for: bytes stored, a data source published, a job
 * started.
 */
export type Act =
  /** Answers this instead of working, or (`after-work`) although the work was done, or while it is still under way. */
  | {
      do: 'answer';
      status: number;
      /** An HTML page as proxies send it, instead of the API's error body. */
      html?: boolean;
      code?: string;
      summary?: string;
      detail?: string;
      headers?: Record<string, string>;
      when?: 'instead' | 'after-work' | 'during-work';
      /** Does not read the request body first and closes the connection. */
      early?: boolean;
    }
  | { do: 'rate-limit'; retryAfter: number | Date }
  | { do: 'reset'; when: 'before' | 'after-work' }
  | { do: 'reset'; when: 'mid-body'; afterBytes: number }
  /**
   * Waits this many milliseconds, or for the test: before anything, right before the work takes effect, or at the
   * end.
   */
  | { do: 'wait'; for: number | Promise<unknown>; when?: 'before' | 'before-commit' | 'after-work' }
  | { do: 'revoke-token'; when?: 'before' | 'after-work' }
  /** Settles how the job that this request starts will go. */
  | ({ do: 'job' } & JobFault);

export interface JobFault {
  outcome: 'failed' | 'cancelled' | 'purged' | 'stalled';
  /** Decides whether the work is done all the same. */
  work: 'done' | 'skipped';
  notes?: readonly string[];
  statusNotes?: readonly { type: string; value: string; text: string }[];
}

export interface FaultRule {
  method: string;
  /** Tested against the path with its query. */
  path: RegExp;
  /** Begins with the nth request that matches; the first if absent. */
  nth?: number;
  /** The number of requests it strikes; one if absent. */
  times?: number;
  act: Act;
}

/** A rule in force; `struck` counts the requests it has hit. */
export interface Fault extends FaultRule {
  seen: number;
  struck: number;
}

export interface Faults {
  add: (rule: FaultRule) => Fault;
  clear: () => void;
  /** Counts the request against every rule and gives the acts that strike it. */
  strike: (method: string, url: string) => Act[];
}

export function createFaults(): Faults {
  let rules: Fault[] = [];
  return {
    add(rule) {
      const fault = { ...rule, seen: 0, struck: 0 };
      rules.push(fault);
      return fault;
    },
    clear() {
      rules = [];
    },
    strike(method, url) {
      const acts: Act[] = [];
      for (const rule of rules) {
        if (rule.method !== method || url.search(rule.path) === -1) continue;
        rule.seen += 1;
        if (rule.seen < (rule.nth ?? 1) || rule.struck >= (rule.times ?? 1)) continue;
        rule.struck += 1;
        acts.push(rule.act);
      }
      return acts;
    },
  };
}

/** The effects of faults on its request that a handler itself must know. */
export interface Effects {
  job: JobFault | undefined;
  /** Awaited right before the work takes effect. */
  beforeCommit: () => Promise<void>;
}

export function effectsOf(acts: readonly Act[]): Effects {
  return {
    job: acts.find((act) => act.do === 'job'),
    async beforeCommit() {
      await waitAt(acts, 'before-commit');
    },
  };
}

export async function waitAt(
  acts: readonly Act[],
  when: 'before' | 'before-commit' | 'after-work',
): Promise<void> {
  for (const act of acts) {
    if (act.do !== 'wait' || (act.when ?? 'before') !== when) continue;
    const time = act.for;
    await (typeof time === 'number' ? new Promise((resolve) => setTimeout(resolve, time)) : time);
  }
}

/** The answer that a fault gives at this moment, if one does. */
export function answerAt(
  acts: readonly Act[],
  when: 'instead' | 'after-work' | 'during-work',
): (Answer & { early?: boolean }) | undefined {
  for (const act of acts) {
    if (act.do === 'rate-limit' && when === 'instead') {
      const wait = act.retryAfter;
      const retryAfter = typeof wait === 'number' ? String(wait) : wait.toUTCString();
      const detail = 'Too many requests. Try again later.';
      return errorAnswer('429000', 'Too Many Requests', detail, { 'Retry-After': retryAfter });
    }
    if (act.do !== 'answer' || (act.when ?? 'instead') !== when) continue;
    return { ...saidBy(act), early: act.early ?? false };
  }
  return undefined;
}

function saidBy(act: Extract<Act, { do: 'answer' }>): Answer {
  if (act.html === true) return proxyPage(act.status, act.headers);
  if (act.status < 400) return answer(act.status, [], act.headers);
  const code = act.code ?? `${act.status}000`;
  return errorAnswer(code, act.summary ?? 'Error', act.detail ?? `HTTP ${act.status}`, act.headers);
}
