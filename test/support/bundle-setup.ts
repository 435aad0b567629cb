import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleAction } from '../../scripts/build/action.ts'
import { buildProduct } from '../../scripts/bench/product.ts'

/**
 * Bundles the command line and the Action once for all tests that start them: what is shipped, and a third faster to
 * start than the sources, of which there are hundreds of starts.
 */
export default async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-bundle-'))
  symlinkSync(join(import.meta.dirname, '../../schemas'), join(folder, 'schemas'), 'junction')
  process.env.STEWARD_TEST_PROGRAM = (await buildProduct(folder)).main
  // A runner has no packages: there is none to be found from here.
  const alone = mkdtempSync(join(tmpdir(), 'steward-action-'))
  process.env.STEWARD_TEST_ACTION = join(alone, 'action.mjs')
  writeFileSync(process.env.STEWARD_TEST_ACTION, (await bundleAction()).text)
  return () => {
    for (const each of [folder, alone]) rmSync(each, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
