import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Workspace } from '../support/workspace.ts'

const claim = 'abc_corp/claim/doc_classification'
const pricing = 'abc_corp/pricing/vehicle_repair_cost'
const thirdArchive = `${claim}/versions/999997_000003.tar.gz`

interface StatusJson {
  readonly units: readonly { readonly unit: string; readonly sync: string; readonly reason: string }[]
}

/** A tar.gz with one file under a name of choice. */
function archiveWith(path: string): Buffer {
  const body = Buffer.from('gotcha')
  const header = Buffer.alloc(512)
  new Header({ path, mode: 0o644, uid: 0, gid: 0, size: body.length, mtime: new Date(0), type: 'File' }).encode(header)
  return gzipSync(Buffer.concat([header, body, Buffer.alloc(512 - body.length), Buffer.alloc(1024)]))
}

describe('a unit that is wrong is refused alone', () => {
  let space: Workspace

  beforeEach(() => {
    space = new Workspace()
  })
  afterEach(() => space.close())

  const syncOf = async (unit: string): Promise<string | undefined> =>
    (await space.json<StatusJson>('status')).units.find((each) => each.unit === `/${unit}`)?.sync

  /** One unit is refused with exit 1 at a line; the other is applied as if nothing were wrong. */
  const refusesOnly = async (pattern: RegExp): Promise<void> => {
    await space.host()
    const applied = await space.run('apply', '--yes', '--wait')
    expect(applied.out).toMatch(pattern)
    expect(applied.code).toBe(1)
    expect(await syncOf(pricing)).toBe('Synced')
    expect(await syncOf(claim)).toBe('OutOfSync')
    expect((await space.json<{ entries: unknown[] }>('history', claim)).entries).toEqual([])
  }

  it('names the line of a missing artifact', async () => {
    rmSync(join(space.artifacts, thirdArchive))
    await refusesOnly(/error\[ST1301\]: artifact trained is missing[^]*versions\/3\.yaml:\d+:\d+/)
  })

  it('names the line of an artifact with other bytes of the same size', async () => {
    const file = join(space.artifacts, thirdArchive)
    const bytes = readFileSync(file)
    bytes[bytes.length - 600] = (bytes[bytes.length - 600] ?? 0) ^ 1
    writeFileSync(file, bytes)
    await refusesOnly(/error\[ST1302\]: artifact trained has sha256[^]*versions\/3\.yaml:\d+:\d+[^]*sha256:/)
  })

  it.each(['../evil.txt', '/etc/evil.txt'])(
    'refuses an archive with the entry %s before anything is recorded',
    async (entry) => {
      const bytes = archiveWith(entry)
      writeFileSync(join(space.artifacts, thirdArchive), bytes)
      const version = `${claim}/versions/3.yaml`
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const text = space.read(version).replace(/sha256: [0-9a-f]{64}/, `sha256: ${sha256}`)
      space.write(version, text.replace(/size: \d+/, `size: ${bytes.length}`))
      space.git('commit', '-q', '--all', '--amend', '-m', 'an archive that tries to escape')
      await refusesOnly(/error\[ST1304\]: artifact trained can not be unpacked/)
    },
  )

  it.each([
    ['an unknown field', 'model_version:', 'modle_version:', /ST1101.*modle_version/],
    ['a wrong type', /^model_version: 2/m, 'model_version: two', /ST1103/],
    ['a duplicate key', /^model_version: 2/m, 'model_version: 2\nmodel_version: 2', /ST1002/],
  ])('refuses only the unit with %s', async (_what, from, to, pattern) => {
    space.edit(`${claim}/deployments/prod.yaml`, from, to)
    space.commit('broken')
    await refusesOnly(pattern)
  })
})
