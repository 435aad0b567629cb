import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCase, type InvalidCase } from './invalid-case.ts'

const folder = join(import.meta.dirname, '../fixtures/invalid')

/** Every case by its path below `test/fixtures/invalid/`, without the ending; sorted. */
export function invalidCases(): readonly { readonly path: string; readonly given: InvalidCase }[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.case'))
  return files.sort().map((file) => {
    const path = file.slice(0, -'.case'.length).replaceAll('\\', '/')
    try {
      return { path, given: parseCase(readFileSync(join(folder, file), 'utf8')) }
    } catch (error) {
      throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  })
}
