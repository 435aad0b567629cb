import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild'
import { requiredBuiltins, withTakenBuiltins } from './builtin-modules.ts'
import { exactYaml, exactYamlEntry } from './exact-yaml.ts'

export const checkout = join(import.meta.dirname, '..', '..')

/**
 * Libraries that stay packages of their own: the embedded engine has native code and is loaded only by its own
 * process. Everything else is bundled, so that a start reads a few files instead of hundreds.
 */
const external = ['dynalite']

const common = {
  absWorkingDir: checkout,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // One folder without folders: see src/system/program-files.ts.
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  // Modules first: what is not used of them is left out.
  mainFields: ['module', 'main'],
  external,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  write: false,
} as const satisfies BuildOptions

/** `main.js` loads `run.js` when there is something to run; the commands themselves belong to that one. */
const runsElsewhere: Plugin = {
  name: 'runs-elsewhere',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/run\.ts$/ }, () => ({ path: './run.js', external: true }))
    onResolve({ filter: /^\./ }, ({ kind, importer, path }) => {
      const command = kind === 'dynamic-import' && /commands[\\/]index\.ts$/.test(importer)
      return command ? { path, external: true } : undefined
    })
  },
}

/** Writes the programs and the parts that they load when they need them into `folder`, which is emptied first. */
export async function bundle(folder: string): Promise<Metafile> {
  // The start in one file: what `--help` and `--version` need, without the parts that are shared with commands.
  const main = await build({
    ...common,
    outdir: folder,
    entryPoints: ['src/cli/main.ts'],
    plugins: [runsElsewhere, requiredBuiltins],
  })
  const programs = await build({
    ...common,
    outdir: folder,
    entryPoints: [program('src/cli/run.ts'), program('src/store/engine.ts'), exactYamlEntry],
    splitting: true,
    plugins: [exactYaml, requiredBuiltins],
  })
  await rm(folder, { recursive: true, force: true })
  for (const { path, text } of [...main.outputFiles, ...programs.outputFiles]) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, withTakenBuiltins(text))
  }
  return {
    inputs: { ...main.metafile.inputs, ...programs.metafile.inputs },
    outputs: { ...main.metafile.outputs, ...programs.metafile.outputs },
  }
}

function program(source: string): { in: string; out: string } {
  return { in: source, out: basename(source, '.ts') }
}
