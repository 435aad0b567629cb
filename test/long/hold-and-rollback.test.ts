import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packFiles } from '../host/support/archives.ts'
import { until } from '../support/waiting.ts'
import { Workspace } from '../support/workspace.ts'

const unit = 'abc_corp/claim/doc_classification'
const model = `/${unit}`
const prod = `${unit}/deployments/prod.yaml`

interface Told {
  readonly live_version: number | null
  readonly desired_version: number | null
  readonly state: string
  readonly weight: number
  readonly health: string
  readonly waiting_for: string | null
  readonly reason: string
}

describe('hold, resume and rollback, with a daemon that follows the branch', { timeout: 180_000 }, () => {
  let space: Workspace

  beforeEach(async () => {
    space = new Workspace()
    await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    space.daemon()
  })
  afterEach(() => space.close())

  const prodOf = async (): Promise<Told | undefined> => {
    const { units } = await space.json<{ units: { unit: string; deployments: (Told & { name: string })[] }[] }>(
      'status',
    )
    return units.find((each) => each.unit === model)?.deployments.find(({ name }) => name === 'prod')
  }
  const reached = (expected: Partial<Told>): Promise<Told> =>
    until(JSON.stringify(expected), async () => {
      const told = await prodOf()
      const wanted = Object.entries(expected) as [keyof Told, unknown][]
      return told !== undefined && wanted.every(([field, value]) => told[field] === value) ? told : null
    })
  /** An edit by a command, and its commit. */
  const edit = async (...words: string[]): Promise<void> => {
    const { code, err } = await space.run(...words)
    expect(code, err).toBe(0)
    space.commit(words.join(' '))
  }
  const bake = (length: string): void => space.edit(prod, /bake: \w+/, `bake: ${length}`)

  it('a canary is held in the middle, resumed, and rolled back', async () => {
    bake('1h')
    await edit('promote', `${unit}@3`, '--to', 'prod')
    expect((await reached({ state: 'baking', weight: 25 })).waiting_for).toMatch(/^the end of its watch at /)
    await edit('hold', unit, '--stage', 'prod', '--reason', 'audit until Friday')
    const held = await reached({ state: 'held', weight: 25, health: 'Suspended' })
    expect(held).toMatchObject({ live_version: 2, reason: 'audit until Friday', waiting_for: 'the end of the hold' })
    expect((await space.run('status')).out).toContain('Suspended  Held: audit until Friday')
    bake('1s')
    space.commit('a shorter watch, while it is held')
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(await prodOf()).toMatchObject({ state: 'held', weight: 25 })
    await edit('resume', unit, '--stage', 'prod')
    await reached({ state: 'live', live_version: 3, weight: 100, health: 'Healthy' })
    await edit('rollback', unit, '--stage', 'prod')
    await reached({ state: 'live', live_version: 2, desired_version: 2 })
    const { entries } = await space.json<{ entries: { model_version: number; status: string; name: string }[] }>(
      ...['history', unit],
    )
    expect(entries.filter(({ name }) => name === 'prod').map((each) => [each.model_version, each.status])).toEqual([
      [2, 'live'],
      [3, 'retired'],
      [2, 'retired'],
    ])
  })

  it('what failed is not tried again, until a person has answered', async () => {
    const flag = join(space.folder, 'works')
    const { uri, sha256 } = await packFiles(space.folder, 'trained', {
      'serve.mjs': `import { createServer } from 'node:http'
import { existsSync } from 'node:fs'
if (!existsSync(${JSON.stringify(flag)})) { console.error('no database'); process.exit(1) }
createServer((request, response) => { request.resume(); response.end('{}') }).listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`,
    })
    space.write(
      `${unit}/versions/4.yaml`,
      `artifacts: [{ name: trained, uri: "${uri}", sha256: ${sha256} }]\nserving: { command: [node, serve.mjs] }\n`,
    )
    bake('1s')
    await edit('promote', `${unit}@4`, '--to', 'prod')
    const failed = await reached({ state: 'rolled_back', live_version: 2, health: 'Degraded' })
    expect(failed.reason).toContain('no database')
    const attempts = async (): Promise<number> => {
      const { entries } = await space.json<{ entries: { model_version: number }[] }>('history', unit)
      return entries.filter(({ model_version: version }) => version === 4).length
    }
    // Its cause is mended, but nobody has said anything: not even a new controller tries it.
    writeFileSync(flag, '')
    space.daemon()
    space.write('abc_corp/claim/doc_classification/notes.txt', 'another commit')
    space.commit('another commit')
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect(await attempts()).toBe(1)
    await edit('rollback', unit, '--stage', 'prod')
    await until('the answer is recorded', async () => {
      const { out } = await space.run('audit', 'export', '--format', 'json')
      return out.includes('deployment.withdrawn')
    })
    await edit('promote', `${unit}@4`, '--to', 'prod')
    await reached({ state: 'live', live_version: 4 })
    expect(await attempts()).toBe(2)
  })
})
