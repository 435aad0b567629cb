import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const checkout = join(import.meta.dirname, '..', '..')
const demo = [join(checkout, 'bin', 'node24.mjs'), join(checkout, 'scripts', 'demo', 'main.ts')]

describe('npm run demo', () => {
  let child: ChildProcess | null = null

  afterEach(async () => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const closed = new Promise((resolve) => child?.once('close', resolve))
    child.kill('SIGTERM')
    await closed
  })

  it(
    'tells its story to the end, having observed every step, and leaves nothing behind',
    { timeout: 120_000 },
    async () => {
      const started = spawn(process.execPath, demo, { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] })
      child = started
      let [out, err] = ['', '']
      started.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
      started.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
      const code = await new Promise<number | null>((resolve) => started.once('close', resolve))

      expect(err).toBe('')
      expect(code).toBe(0)
      for (const fact of facts) expect(out).toMatch(fact)
      expect(out, 'no colour where the output is piped').not.toContain('\u001B')
      const folder = /^Everything happens in (.+), which is removed at the end\.$/m.exec(out)?.[1] ?? ''
      expect(folder).toContain('steward-demo-')
      expect(existsSync(folder)).toBe(false)
    },
  )
})

const facts = [
  /✓ all four deployments are live and healthy/,
  /✓ it holds the lease and has read main/,
  /✓ both versions answered while the canary took its steps/,
  /✓ now version 3 alone answers/,
  /✓ no request failed: \d+ by version 2, \d+ by version 3/,
  /✓ validate exits 1 and points at line 3/,
  /✓ the daemon names the same line/,
  /✓ every other model is Synced and Healthy/,
  /✓ no request failed meanwhile: \d+ answers of the one model, \d+ of the other/,
  /✓ every model is Synced and Healthy at this commit/,
  /✓ as of then: version 2, and nothing else/,
  /✓ each endpoint answers with its version/,
  /✓ no process is left over/,
  /^Done in [\d.]+ s: \d+ predictions, none failed\./m,
]
