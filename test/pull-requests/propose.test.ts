import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GitHubWorld } from '../support/github-world.ts'
import { stored } from '../support/client.ts'
import { sharedStore, type SharedStore } from '../support/shared-store.ts'
import { deployment, path, smallCatalog } from '../support/small-catalog.ts'

const PROD = path('deployments/prod.yaml')
const BRANCH = 'steward/abc.claim.doc/prod'

interface RawPull {
  readonly number: number
  readonly state: string
  readonly title: string
  readonly body: string
  readonly head: { readonly ref: string; readonly sha: string }
}

describe('promote --pr and rollback --pr', { timeout: 60_000 }, () => {
  let world: GitHubWorld
  let store: SharedStore

  const pulls = async (): Promise<readonly RawPull[]> =>
    ((await world.api('GET', '/pulls?state=all&per_page=100')) as RawPull[]).filter(({ head }) => head.ref === BRANCH)
  const steward = (...words: string[]) => world.steward(...words, '--repo', world.clone)
  const promote = (version: number, ...words: string[]) =>
    steward('promote', `abc/claim/doc@${version}`, '--to', 'prod', '--pr', ...words)

  beforeAll(async () => {
    store = await sharedStore()
    world = await GitHubWorld.open()
    world.environment = { STEWARD_DYNAMODB_ENDPOINT: store.endpoint }
    world.start({
      ...smallCatalog(),
      // Comments, quotes and line ends stay as the author wrote them.
      [PROD]: `# Who serves.\r\nmodel_version:   1   # the first\r\n${deployment(1).split('\n').slice(1).join('\r\n')}`,
    })
    await world.alignMain()
    world.git(world.clone, 'config', 'user.name', 'Alice')
    world.git(world.clone, 'config', 'user.email', 'alice@example.com')
  }, 60_000)
  afterAll(async () => {
    await world.close()
    await store.close()
  })

  it('opens one pull request with one commit that changes one line, byte for byte', async () => {
    const end = await promote(2)
    expect(end).toMatchObject({ code: 0 })
    expect(end.log).toContain('opened pull request #')
    const [pull] = await pulls()
    expect(pull).toMatchObject({ state: 'open', title: 'Promote /abc/claim/doc@2 to prod' })
    const tree = world.proxy.requests.find(({ path: at }) => at.endsWith('/git/trees'))
    const { tree: entries } = JSON.parse(tree?.body ?? '{}')
    expect(entries).toHaveLength(1)
    const before = world.git(world.clone, 'show', `main:${PROD}`)
    expect(entries[0]).toMatchObject({ path: PROD, mode: '100644', type: 'blob' })
    expect(entries[0].content.trim()).toBe(before.replace('model_version:   1 ', 'model_version:   2 '))
    expect(world.git(world.clone, 'status', '--porcelain')).toBe('')
  })

  it('says who asked, what it measures and where it comes from, and lets GitHub sign', async () => {
    const commit = world.proxy.requests.find(({ path: at }) => at.endsWith('/git/commits'))
    const sent = JSON.parse(commit?.body ?? '{}')
    expect(sent.message).toContain('Requested-by: Alice <alice@example.com>')
    expect(Object.keys(sent).sort()).toEqual(['message', 'parents', 'tree'])
    const [pull] = await pulls()
    expect(pull?.body).toContain('| `accuracy` | 0.9 | 0.93 | +0.03 (+3.33 %) |')
    expect(pull?.body).toContain('Requested-by: `Alice <alice@example.com>`')
  })

  it('does nothing when asked again, and brings the same pull request to a newer version', async () => {
    const before = world.proxy.requests.length
    const again = await promote(2, '--json')
    expect(JSON.parse(again.log)).toMatchObject({ format: 'steward.proposal/v1', outcome: 'unchanged' })
    expect(world.proxy.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([])
    const newer = await promote(3, '--json')
    expect(JSON.parse(newer.log)).toMatchObject({ outcome: 'updated', version: 3 })
    const found = await pulls()
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ title: 'Promote /abc/claim/doc@3 to prod', state: 'open' })
  })

  it('takes a closed pull request for a no to that version, unless told otherwise', async () => {
    const [pull] = await pulls()
    await world.api('PATCH', `/pulls/${pull?.number}`, { state: 'closed' })
    const refused = await promote(3)
    expect(refused.code).toBe(1)
    expect(refused.log).toContain(`version 3 was rejected: #${pull?.number} was closed without a merge`)
    expect(await pulls()).toHaveLength(1)
    expect(JSON.parse((await promote(3, '--again', '--json')).log)).toMatchObject({ outcome: 'opened' })
    expect((await pulls()).filter(({ state }) => state === 'open')).toHaveLength(1)
  })

  it('leaves the commits of others alone', async () => {
    const open = (await pulls()).find(({ state }) => state === 'open')
    await world.api('PATCH', `/pulls/${open?.number}`, { body: 'I have a better text.' })
    const end = await promote(2)
    expect(end.code).toBe(1)
    expect(end.log).toContain('has commits or a text that are not Steward’s')
    await world.api('PATCH', `/pulls/${open?.number}`, { state: 'closed' })
  })

  it('opens one where the answer to the first try is lost', async () => {
    let lost = false
    world.proxy.decide = ({ method, path: at }) => {
      if (lost || method !== 'POST' || !at.endsWith('/pulls')) return null
      lost = true
      return 'lost'
    }
    const end = await promote(2, '--json')
    world.proxy.decide = null
    expect(JSON.parse(end.log)).toMatchObject({ outcome: 'opened' })
    expect((await pulls()).filter(({ state }) => state === 'open')).toHaveLength(1)
  })

  it('rolls back to what served before, in the same pull request', async () => {
    for (const version of [1, 2]) {
      world.pushToMain({ [PROD]: deployment(version) }, `Version ${version}`)
      expect(await steward('apply', '--yes', '--wait')).toMatchObject({ code: 0 })
    }
    await world.alignMain()
    const end = await steward('rollback', 'abc/claim/doc', '--stage', 'prod', '--pr', '--json')
    expect(JSON.parse(end.log)).toMatchObject({ command: 'rollback', version: 1, outcome: 'updated' })
    const open = (await pulls()).filter(({ state }) => state === 'open')
    expect(open).toMatchObject([{ title: 'Roll prod of /abc/claim/doc back to 1' }])
  })

  it('is recorded as rejected where it was closed, by whoever applies next, once', async () => {
    // The first one; the second, whose text a person has changed, says no to nothing.
    const rejected = (await pulls()).filter(({ state }) => state === 'closed').at(-1)
    const apply = await world.onMain({ command: 'apply' })
    expect(apply.code).toBe(0)
    const item = await stored(store.endpoint, 'model-stage-governance', {
      model_group: { S: '/abc/claim/doc' },
      stage_version: { S: 'prod#000003' },
    })
    expect(item).toMatchObject({
      model_status: { S: 'rejected' },
      model_stage: { S: 'prod' },
      model_version: { N: '3' },
    })
    expect(JSON.stringify(item)).toContain(`/pull/${rejected?.number}`)
    expect(await steward('audit', 'verify')).toMatchObject({ code: 0 })
    const before = JSON.stringify(item)
    await world.onMain({ command: 'apply' })
    const again = await stored(store.endpoint, 'model-stage-governance', {
      model_group: { S: '/abc/claim/doc' },
      stage_version: { S: 'prod#000003' },
    })
    expect(JSON.stringify(again)).toBe(before)
  })

  it('asks as an App by its key too, with a token that it gets for itself', async () => {
    const before = world.proxy.requests.length
    world.environment = { ...world.environment, STEWARD_GITHUB_TOKEN_FILE: '', ...world.app() }
    const end = await steward('promote', 'abc/claim/doc@2', '--to', 'test', '--pr', '--json')
    world.environment = { STEWARD_DYNAMODB_ENDPOINT: store.endpoint }
    expect(JSON.parse(end.log)).toMatchObject({ format: 'steward.proposal/v1', outcome: 'opened' })
    const asked = world.proxy.requests.slice(before)
    expect(asked.map(({ path: at }) => at)).toContain('/app/installations/100/access_tokens')
    expect(asked.some(({ authorization }) => authorization.includes(world.token))).toBe(false)
  })

  it('says what is missing to ask GitHub', async () => {
    const words = ['promote', 'abc/claim/doc@2', '--to', 'prod', '--pr']
    world.environment = { ...world.environment, STEWARD_GITHUB_TOKEN_FILE: '/nowhere/token' }
    const end = await steward(...words)
    expect(end.code).toBe(1)
    expect(end.log).toContain('/nowhere/token can not be read')
    world.environment = { STEWARD_DYNAMODB_ENDPOINT: store.endpoint, STEWARD_GITHUB_TOKEN_FILE: '' }
    expect((await steward(...words)).log).toContain('there is no token for GitHub')
  })
})
