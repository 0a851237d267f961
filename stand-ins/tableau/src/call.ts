import type { Effects } from './faults.ts';
import type { Hyper } from './extracts/hyper.ts';
import type { Answer } from './rest/answer.ts';
import type { Body } from './rest/body.ts';
import type { Version } from './settings.ts';
import type { Store } from './store.ts';
import type { Session, Site, User, World } from './world.ts';

/** An event of interest to a person who watches the server. */
export type Happening =
  | { what: 'signed-in'; user: string; site: string; by: string }
  | { what: 'signed-out'; user: string }
  | { what: 'projects-looked-up'; site: string; filter: string; found: number }
  | { what: 'project-created'; path: string }
  | { what: 'upload-begun'; upload: string }
  | { what: 'chunk-received'; upload: string; block: number; size: number; total: number }
  | {
      what: 'published';
      noun: string;
      name: string;
      project: string;
      size: number;
      revision: number;
      mode: string;
    }
  | { what: 'data-updated'; name: string; actions: string }
  | { what: 'job-failed'; type: string; reason: string }
  | { what: 'deleted'; name: string };

/** One request on its way through a handler. */
export interface Call {
  world: World;
  store: Store;
  hyper: Hyper;
  tell: (happening: Happening) => void;
  /** The effects of the faults that matched this request on the work itself. */
  effects: Effects;
  version: Version;
  params: Record<string, string>;
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  body: Body;
}

/** A request by a signed-in user. */
export interface UserCall extends Call {
  session: Session;
  site: Site;
  user: User;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;
export type UserHandler = (call: UserCall) => Answer | Promise<Answer>;
