import type { TableauUpdateAction } from '../config/destination.ts';
import type { Estimate } from '../world/observation.ts';
import type { Publication } from './step.ts';

/** The plan for one destination. */
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
  /** Set for a workbook. */
  content?: 'workbook';
  /** `details`: nothing is uploaded, only description, tags, certification or tabs are set. */
  action: 'create' | 'overwrite' | 'append' | 'update' | 'details' | 'unchanged';
  reason: string;
  /** For an update: the change to the published rows. */
  rows?: TableauUpdateAction;
  /**
   * Only needed if that pipeline publishes the data source in the same run; otherwise its rows already have these
   * changes.
   */
  ifPublished?: Publication;
  /** The publication that will be overwritten. */
  existing?: { owner: string; updatedAt: string; megabytes?: number; revision?: number };
  /** The upload, estimated from the size of the last extract; absent if there was none, or if nothing is uploaded. */
  upload?: {
    bytes: Estimate;
    requests: number;
    /** The number of updates if the rows are too many for one, as far as the size allows an estimate. */
    portions?: number;
  };
}

/** The reasons to create something where this pipeline has delivered nothing before. */
export const firstDelivery = {
  alone: 'not there yet',
  withProject: 'project and data source are new',
  workbookWithProject: 'project and workbook are new',
} as const;
