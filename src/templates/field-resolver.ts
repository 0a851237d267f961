/** Finds the field that a formula, a filter or a set refers to. */
export type Resolve = (reference: string) => { name: string } | undefined;

/**
 * Formulas name fields by their name, and those typed by hand by their caption; filters and sets also by an instance
 * (`none:Region:nk`: the field with a derivation and a role).
 */
export function fieldResolver(
  fields: readonly { name: string; caption: string | undefined }[],
  instances: ReadonlyMap<string, string>,
): Resolve {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const byCaption = new Map<string, { name: string } | undefined>();
  for (const field of fields) {
    if (field.caption === undefined) continue;
    byCaption.set(field.caption, byCaption.has(field.caption) ? undefined : field);
  }
  const ofInstance = (reference: string) => {
    const name = instances.get(reference) ?? behindInstance(reference);
    return name === undefined ? undefined : byName.get(name);
  };
  return (reference) => byName.get(reference) ?? ofInstance(reference) ?? byCaption.get(reference);
}

/** Returns the field that the name of an instance shows: `none:Region:nk` is one of `Region`. */
export function behindInstance(name: string): string | undefined {
  return /^[a-z]+:(.+):[a-z]{2}(?::\d+)?$/.exec(name)?.[1];
}
