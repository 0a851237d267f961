/** One difference between what is desired and what was observed. */
export interface Change {
  /** `superstore`, `superstore.orders`, `superstore.orders.region`. */
  address: string;
  subject: 'pipeline' | 'extract' | 'table' | 'column' | 'key' | 'template' | 'destination';
  act: 'create' | 'change' | 'remove' | 'rename' | 'reload' | 'write';
  category: Category;
  reason: string;
  /** The difference was made outside extracts: something that we wrote was changed. */
  drift?: true;
  before?: string;
  after?: string;
}

/**
 * `breaking`: workbooks on the extract may stop working; `additive`: something new, nothing lost; `data`: other rows,
 * same shape; `metadata`: neither rows nor shape; `create`: nothing existed before.
 */
export type Category = 'create' | 'breaking' | 'additive' | 'data' | 'metadata';
