import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const steward = join(import.meta.dirname, '..', '..', 'bin', 'steward.mjs')
const said = (...words: string[]): string => execFileSync(steward, words, { encoding: 'utf8' })

describe('what is answered at once', () => {
  test.each([
    [['--version'], ['version']],
    [['--help'], ['--help', '--no-color']],
    [['help'], ['help', '--no-color']],
  ])('%j says what the parsed %j says', (short, parsed) => {
    expect(said(...short)).toBe(said(...parsed))
  })

  test('a reader that has gone away is no failure', async () => {
    const child = spawn(steward, ['--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
    const [code] = await once(child, 'close')
    expect([code, complaint]).toEqual([0, ''])
  })
})
