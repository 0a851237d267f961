/** The hint where no file matches. An item of an empty folder is a customer that has sent nothing. */
export const emptyMatch =
  'min_files: 0 in the source allows an empty match, such as the folder of a new customer';
