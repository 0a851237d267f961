import type { TableauUpdateAction } from '../config/destination.ts';
import type { Estimate } from '../world/observation.ts';
import type { Publication } from './step.ts';

/** What becomes of one destination. */
export type DestinationPlan = FileDestinationPlan | TableauDestinationPlan;

export interface FileDestinationPlan {
  type: 'file';
  /** The path as the user wrote it. */
  target: string;
  action: 'create' | 'overwrite' | 'unchanged';
  reason: string;
}

export interface TableauDestinationPlan {
  type: 'tableau';
  /** Project, name, site and server. */
  target: string;
  /** `details`: nothing is uploaded, only description, tags or certification are set. */
  action: 'create' | 'overwrite' | 'append' | 'update' | 'details' | 'unchanged';
  reason: string;
  /** Of an update: what becomes of the published rows. */
  rows?: TableauUpdateAction;
  /** Only needed if that pipeline publishes the data source in the same run: its rows have these changes otherwise. */
  ifPublished?: Publication;
  /** What will be overwritten. */
  existing?: { owner: string; updatedAt: string; megabytes?: number; revision?: number };
  /** By the size of the last extract; absent where there was none, or where nothing is uploaded. */
  upload?: {
    bytes: Estimate;
    requests: number;
    /** Where the rows are too many for one update: how many there will be, as far as the size tells. */
    portions?: number;
  };
}

/** Why something is created where this pipeline has delivered nothing before. */
export const firstDelivery = {
  alone: 'not there yet',
  withProject: 'project and data source are new',
} as const;
