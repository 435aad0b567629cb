import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitChange, writeCorpus } from '../../scripts/bench/corpus/repository.ts'

const steward = join(import.meta.dirname, '..', '..', 'bin', 'steward.mjs')

describe('the corpus of the benchmark', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'steward-corpus-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const git = (repo: string, ...words: string[]): string =>
    execFileSync('git', ['--git-dir', repo, ...words], { encoding: 'utf8' }).trim()

  it('is valid, with eight documents for each model', async () => {
    const { repo, documents } = await writeCorpus(join(folder, 'one.git'), 30)
    const out = execFileSync(steward, ['validate', '--repo', repo, '--rev', 'HEAD', '--json'], { encoding: 'utf8' })
    expect(JSON.parse(out).counts).toEqual({ documents, units: 30, errors: 0, warnings: 0 })
    expect(documents).toBe(2 + 30 * 8)
  })

  it('is the same commit every time', async () => {
    const [first, second] = [join(folder, 'first.git'), join(folder, 'second.git')]
    await writeCorpus(first, 5)
    await writeCorpus(second, 5)
    expect(git(first, 'rev-parse', 'HEAD')).toBe(git(second, 'rev-parse', 'HEAD'))
  })

  it('has documents of the sizes that the goals name', async () => {
    const { repo } = await writeCorpus(join(folder, 'sizes.git'), 10)
    const lines = git(repo, 'ls-tree', '-r', '-l', 'HEAD:models').split('\n')
    const sizes = (part: string): number[] =>
      lines.filter((line) => line.includes(part)).map((line) => Number(line.split(/\s+/)[3]))
    for (const [part, bytes] of Object.entries({ '/model.yaml': 1400, '/versions/': 650, '/deployments/': 540 })) {
      const mean = sizes(part).reduce((sum, size) => sum + size, 0) / sizes(part).length
      expect(mean / bytes, part).toBeGreaterThan(0.95)
      expect(mean / bytes, part).toBeLessThan(1.05)
    }
  })

  it('changes as many files as a commit is asked for', async () => {
    const { repo } = await writeCorpus(join(folder, 'changed.git'), 5)
    await commitChange(repo, { branch: 'changed', parent: 'main', count: 3, revision: 1 })
    expect(git(repo, 'diff-tree', '-r', '--name-only', 'main', 'changed').split('\n')).toHaveLength(3)
    await commitChange(repo, { branch: 'same', parent: 'main', count: 0, revision: 0 })
    expect(git(repo, 'rev-parse', 'same^{tree}')).toBe(git(repo, 'rev-parse', 'main^{tree}'))
  })
})
