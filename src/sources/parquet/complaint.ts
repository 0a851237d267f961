/** The part of Hyper's error before the text that we raised. */
export const complaintMark = 'extracts: ';
