/** A query that a user wrote in Tableau, as the database would get it. */
export interface CustomSql {
  sql: string;
  /** Names of parameters in it, whose values Tableau puts into the text. */
  parameters: readonly string[];
}

/** A .tds doubles `<` and `>` of custom SQL; single ones enclose a parameter: `<[Parameters].[Year]>`. */
export function parseCustomSql(text: string): CustomSql {
  const parameters: string[] = [];
  const sql = text.replace(
    /<<|>>|<\[Parameters\]\.\[([^\]]*)\]>/g,
    (found, parameter: string | undefined) => {
      if (parameter === undefined) return found.charAt(0);
      parameters.push(parameter);
      return found;
    },
  );
  return { sql: sql.replace(/\r\n?/g, '\n').trim(), parameters };
}
