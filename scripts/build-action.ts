/**
 * Builds what GitHub runs: `dist/action.mjs`, one file, which is committed, since a workflow uses a commit of this
 * repository as it is. With `--check` nothing is written: it fails where the sources give another bundle.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleAction } from './build/action.ts'
import { checkout } from './build/bundle.ts'
import { licenceTexts } from './build/licences.ts'

const { text, metafile } = await bundleAction()
const files = new Map([
  ['action.mjs', text],
  ['action-licences.txt', await licenceTexts(metafile, checkout)],
])
const check = process.argv.includes('--check')
for (const [name, content] of files) {
  const path = join(checkout, 'dist', name)
  const before = await readFile(path, 'utf8').catch(() => '')
  if (before === content) continue
  if (!check) await writeFile(path, content)
  else {
    console.error(`dist/${name} is not what the sources give: run \`npm run build:action\` and commit it`)
    process.exitCode = 1
  }
}
console.log(`dist/action.mjs: ${Math.round(Buffer.byteLength(text) / 1024)} KiB`)
