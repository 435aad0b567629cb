import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildProduct } from '../../scripts/bench/product.ts'

/**
 * Bundles the command line once for all tests that start it: what the package ships, and a third faster to start than
 * the sources, of which there are hundreds of starts.
 */
export default async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-bundle-'))
  symlinkSync(join(import.meta.dirname, '../../schemas'), join(folder, 'schemas'), 'junction')
  process.env.STEWARD_TEST_PROGRAM = (await buildProduct(folder)).main
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}
