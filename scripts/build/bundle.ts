import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { requiredBuiltins, withTakenBuiltins } from './builtin-modules.ts'

export const checkout = join(import.meta.dirname, '..', '..')

/**
 * Libraries that stay packages of their own: the embedded engine has native code and is loaded only by its own
 * process. Everything else is bundled, so that a start reads a few files instead of hundreds.
 */
const external = ['dynalite']

/** Writes the programs and the parts that they load when they need them into `folder`, which is emptied first. */
export async function bundle(folder: string): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
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
    plugins: [requiredBuiltins],
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    write: false,
  })
  await rm(folder, { recursive: true, force: true })
  for (const { path, text } of outputFiles) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, withTakenBuiltins(text))
  }
  return metafile
}
