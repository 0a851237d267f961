import { deflateSync, inflateSync } from 'node:zlib';
import type { Plan } from '../model/plan/plan.ts';
import { encodePlan, sealOf } from './plan-document.ts';

/** Plans from this many characters on are packed in their file: one of 10,000 items would have 60 MB. */
const large = 4_000_000;

/** A file cannot make us unpack more than this. */
const mostUnpacked = 2 ** 30;

/** The file of a large plan. Beside the plan it says what a person who opens it wants to know. */
interface PackedPlan {
  format: 2;
  tool: string;
  note: string;
  summary: Plan['summary'];
  /** The plan as JSON without blanks, deflated, in base64. */
  packed: string;
  /** The seal of the plan, as in a file that is not packed. */
  seal: string;
}

/** Returns the text of the file of a plan: the document that `plan --json` prints, or a packed one if that is large. */
export function encodePlanFile(plan: Plan): string {
  const text = JSON.stringify(plan);
  if (text.length < large) return encodePlan(plan);
  return wrapped(plan, deflateSync(text).toString('base64'), sealOf(plan));
}

export function isPackedPlan(document: unknown): document is PackedPlan {
  return (
    typeof document === 'object' &&
    document !== null &&
    'format' in document &&
    document.format === 2 &&
    'packed' in document &&
    typeof document.packed === 'string'
  );
}

/** Unpacks a plan; undefined if there is none inside. It is sealed only if no byte of the file was changed. */
export function unpackPlan(
  document: PackedPlan,
  file: string,
): { plan: Plan; isSealed: boolean } | undefined {
  const { packed, seal } = document;
  try {
    const text = inflateSync(Buffer.from(packed, 'base64'), { maxOutputLength: mostUnpacked }).toString();
    const plan = JSON.parse(text) as Plan;
    if (typeof plan !== 'object' || (plan as Plan | null) === null || (plan.format as unknown) !== 1)
      return undefined;
    // A key that is there twice, inside or outside, would show another plan than the one that is applied.
    const isWhole = JSON.stringify(plan) === text && wrapped(plan, packed, seal) === file;
    return { plan, isSealed: isWhole && seal === sealOf(plan) };
  } catch {
    // Whatever is wrong with it, it is no plan.
    return undefined;
  }
}

function wrapped({ tool, summary }: Plan, packed: string, seal: string): string {
  const note = 'a large plan, packed: extracts show FILE prints it, also with --json, --markdown and --list';
  const document: PackedPlan = { format: 2, tool, note, summary, packed, seal };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
