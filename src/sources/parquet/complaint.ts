/** The part of Hyper's error before our own words. */
export const complaintMark = 'extracts: ';
