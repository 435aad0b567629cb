import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { checkout } from './bundle.ts'
import { bundledYaml } from './exact-yaml.ts'

/** The embedded engine never runs in a workflow. */
const external = ['dynalite']

/** A module has no `require`, which libraries in CommonJS take Node's own modules by. */
const banner = [
  "import { createRequire as stewardCreateRequire } from 'node:module'",
  'const require = stewardCreateRequire(import.meta.url)',
].join('\n')

/** The GitHub Action as one file, the same on every machine: runners download nothing else. */
export async function bundleAction(): Promise<{ readonly text: string; readonly metafile: Metafile }> {
  const manifest = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as { readonly version: string }
  const { outputFiles, metafile } = await build({
    absWorkingDir: checkout,
    entryPoints: ['src/action/main.ts'],
    outfile: 'dist/action.mjs',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external,
    banner: { js: banner },
    define: { STEWARD_VERSION: JSON.stringify(manifest.version) },
    // Names stay: a stack trace, and whoever reads what runs with their token, can use them.
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [bundledYaml],
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    write: false,
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error('esbuild gave no file')
  return { text: file.text, metafile }
}
