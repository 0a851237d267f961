/** What stands before our own words in Hyper's error. */
export const complaintMark = 'extracts: ';
