import path from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

/**
 * Returns the types of the library as one file without imports: the declarations that src/index.ts exports and all that
 * they need, with their comments. Parts marked `@internal` are left out.
 */
export async function bundleTypes(root: string): Promise<string> {
  const bundle = await rolldown({
    cwd: root,
    input: { index: path.join(root, 'src/index.ts') },
    platform: 'node',
    external: /^node:/,
    checks: { bundlerTimings: false },
    plugins: [
      dts({
        cwd: root,
        emitDtsOnly: true,
        tsconfig: path.join(root, 'tsconfig.json'),
        compilerOptions: { stripInternal: true },
      }),
    ],
  });
  try {
    const { output } = await bundle.generate({ format: 'es' });
    const [file] = output;
    if (output.length > 1 || file.fileName !== 'index.d.ts')
      throw new Error(`the types are in ${output.map(({ fileName }) => fileName).join(', ')}`);
    return file.code;
  } finally {
    await bundle.close();
  }
}
