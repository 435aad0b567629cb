import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FolderLock, tryLock } from '../../src/store/lock.ts'
import { ownIdentity } from '../../src/system/processes.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function lockNow(): Promise<FolderLock> {
  const attempt = await tryLock(folder)
  if (attempt.state !== 'locked') throw new Error('held')
  return attempt.lock
}

describe("a folder's lock", () => {
  test.each([
    ['nobody', null],
    ['a process that is dead', { ...ownIdentity(), started: '1', state: 'held' }],
    ['one that ended cleanly', { ...ownIdentity(), state: 'clean' }],
  ])('goes to one of fifty takers after %s', async (_, before) => {
    if (before !== null) await writeFile(join(folder, 'lock.3'), JSON.stringify(before))
    const attempts = await Promise.all(Array.from({ length: 50 }, () => tryLock(folder)))
    expect(attempts.filter(({ state }) => state === 'locked')).toHaveLength(1)
    expect(attempts.find(({ state }) => state === 'held')).toEqual({ state: 'held', pid: process.pid })
    expect(await readdir(folder)).toEqual([before === null ? 'lock.1' : 'lock.4'])
  })

  test('has one holder at a time while many take and release it', async () => {
    let holders = 0
    let turns = 0
    const takers = Array.from({ length: 8 }, async () => {
      while (turns < 60) {
        const attempt = await tryLock(folder)
        if (attempt.state === 'held') continue
        holders += 1
        expect(holders).toBe(1)
        turns += 1
        await new Promise((resolve) => setImmediate(resolve))
        holders -= 1
        await attempt.lock.release('clean')
      }
    })
    await Promise.all(takers)
  })

  test('tells how its last holder ended', async () => {
    const first = await lockNow()
    expect(first.previous).toBe('clean')
    await first.release('unclean')
    const second = await lockNow()
    expect(second.previous).toBe('unclean')
    await second.release('clean')
    expect((await lockNow()).previous).toBe('clean')
  })

  test('left by a process that was killed tells an unclean end', async () => {
    await writeFile(join(folder, 'lock.1'), JSON.stringify({ ...ownIdentity(), started: '1', state: 'held' }))
    expect((await lockNow()).previous).toBe('unclean')
  })
})
