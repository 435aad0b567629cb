/**
 * Builds what the package ships, `dist/steward`: the sources in JavaScript with the libraries that they use, split so
 * that a command loads only what it needs. A checkout runs the sources and needs none of it.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle, checkout } from './build/bundle.ts'
import { licenceTexts } from './build/licences.ts'

const folder = join(checkout, 'dist', 'steward')
const metafile = await bundle(folder)
await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), await licenceTexts(metafile, checkout))
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
console.log(`dist/steward: ${Object.keys(metafile.outputs).length} files, ${Math.round(bytes / 1024)} KiB`)
