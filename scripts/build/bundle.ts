import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'

export const checkout = join(import.meta.dirname, '..', '..')

/**
 * Libraries that stay packages of their own: the embedded engine has native code and is loaded only by its own
 * process. Everything else is bundled, so that a start reads a few files instead of hundreds.
 */
const external = ['dynalite']

/** Some libraries are CommonJS and ask for Node's modules by `require`, which a module does not have by itself. */
const banner =
  "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);"

/** Writes the programs and the parts that they load when they need them into `folder`, which is emptied first. */
export async function bundle(folder: string): Promise<Metafile> {
  await rm(folder, { recursive: true, force: true })
  const { metafile } = await build({
    absWorkingDir: checkout,
    entryPoints: ['src/cli/main.ts', 'src/store/engine.ts'],
    outdir: folder,
    // One folder without folders: see src/system/program-files.ts.
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Modules first: what is not used of them is left out.
    mainFields: ['module', 'main'],
    external,
    banner: { js: banner },
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  })
  return metafile
}
