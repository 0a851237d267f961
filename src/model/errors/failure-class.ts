/**
 * The reason why something failed, as far as it decides what to do next: `transient` failures may pass by themselves, `busy`
 * means that another run or session has what is needed, `stale` that the world has changed since the plan was made, and
 * `gate` that a person must decide. `internal` is a bug of ours, `permanent` everything else.
 */
export type FailureClass = 'transient' | 'permanent' | 'gate' | 'busy' | 'stale' | 'internal';

/** Returns true if the same command, started again later without any change, may succeed. */
export const isRetryable = (kind: FailureClass): boolean => kind === 'transient' || kind === 'busy';

/**
 * The class of each error code. An error of a code with several causes says its own (`RunError.class`): a host that refuses
 * connections is `transient`, one that refuses the password is `permanent`, and both are EXT2001. A full disk is permanent,
 * because a job that is started again reads everything again and fills the same disk.
 */
const codesOf: Readonly<Record<Exclude<FailureClass, 'internal'>, readonly string[]>> = {
  transient: words('EXT2025 EXT2104 EXT2208 EXT2210 EXT3003 EXT4005 EXT5101 EXT5111 EXT6011 EXT6108'),
  busy: words('EXT2022 EXT3005 EXT5105 EXT6003 EXT6004 EXT6006 EXT6007'),
  stale: words('EXT2004 EXT2206 EXT4206 EXT5115 EXT6005 EXT6103 EXT6104'),
  gate: words('EXT3030 EXT4301 EXT4302 EXT4304 EXT4305'),
  permanent: words(`
    EXT2001 EXT2002 EXT2003 EXT2011 EXT2012 EXT2013 EXT2014 EXT2016 EXT2017 EXT2018 EXT2019 EXT2020 EXT2024 EXT2026 EXT2027
    EXT2101 EXT2102 EXT2103 EXT2105 EXT2106 EXT2107 EXT2108 EXT2109 EXT2110 EXT2111 EXT2113 EXT2114 EXT2115 EXT2118 EXT2120
    EXT2122 EXT2123
    EXT2201 EXT2202 EXT2203 EXT2204 EXT2205 EXT2207 EXT2209 EXT2211 EXT2212 EXT2213 EXT2214
    EXT3001 EXT3002 EXT3004 EXT3006 EXT3007 EXT3008 EXT3009 EXT3010 EXT3011 EXT3012 EXT3013 EXT3020 EXT3021 EXT3022 EXT3040
    EXT4000 EXT4001 EXT4002 EXT4003 EXT4004 EXT4006 EXT4101 EXT4102 EXT4103 EXT4104 EXT4201 EXT4202 EXT4203 EXT4204 EXT4205
    EXT4207
    EXT5001 EXT5002 EXT5003
    EXT5102 EXT5103 EXT5104 EXT5106 EXT5107 EXT5108 EXT5109 EXT5110 EXT5112 EXT5113 EXT5114 EXT5116 EXT5119 EXT5121
    EXT6001 EXT6002 EXT6008 EXT6009 EXT6010 EXT6012 EXT6013 EXT6101 EXT6102 EXT6105 EXT6106 EXT6107 EXT6120 EXT6130 EXT6131 EXT6140
    EXT6141`),
};

/** Codes of errors that are transient or permanent, depending on their cause. */
export const codesByCause: ReadonlySet<string> = new Set(
  words('EXT2001 EXT2002 EXT2210 EXT5101 EXT5119 EXT6108'),
);

/** Codes about what is written in the files: of the configuration, and of descriptions of generated templates. */
const aboutFiles = /^EXT(?:1|44|45)/;

const classOf = new Map(
  Object.entries(codesOf).flatMap(([kind, codes]) => codes.map((code) => [code, kind as FailureClass])),
);

/** Returns the class of an error code; undefined for codes of warnings and notes, which are no failures. */
export function classOfCode(code: string): FailureClass | undefined {
  return classOf.get(code) ?? (aboutFiles.test(code) ? 'permanent' : undefined);
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
