import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readComment } from '../../src/github/plan-comment.ts'
import type { ApiFault, ApiRequest } from '../support/api-proxy.ts'
import { GitHubWorld, type Pull } from '../support/github-world.ts'
import { sharedStore, type SharedStore } from '../support/shared-store.ts'
import { deployment, path, smallCatalog } from '../support/small-catalog.ts'

const PLAN = { command: 'plan' }
const isComment = ({ method, path: at }: ApiRequest): boolean => method === 'POST' && at.endsWith('/comments')

describe('GitHub in trouble', { timeout: 120_000 }, () => {
  let world: GitHubWorld
  let store: SharedStore
  let branches = 0

  beforeAll(async () => {
    store = await sharedStore()
    world = await GitHubWorld.open()
    world.environment = { STEWARD_DYNAMODB_ENDPOINT: store.endpoint }
    world.start(smallCatalog())
    expect(await world.onMain({ command: 'apply' })).toMatchObject({ code: 0 })
  }, 120_000)
  afterEach(() => {
    world.proxy.decide = null
  })
  afterAll(async () => {
    await world.close()
    await store.close()
  })

  const open = (): Promise<Pull> => {
    branches += 1
    return world.openPull(`change-${branches}`, { [path('deployments/prod.yaml')]: deployment(2) })
  }

  /** Makes a fault of the first requests of a kind. */
  const first = (count: number, isOne: (request: ApiRequest) => boolean, fault: ApiFault): void => {
    let left = count
    world.proxy.decide = (request) => {
      if (left === 0 || !isOne(request)) return null
      left -= 1
      return fault
    }
  }

  it('plans without the permission to comment or to check: a warning, and the exit code of the plan', async () => {
    const pull = await open()
    world.proxy.decide = ({ method }) =>
      method === 'GET' ? null : { status: 403, body: { message: 'Resource not accessible by integration' } }
    const end = await world.onPull(pull, PLAN)
    expect(end).toMatchObject({ code: 0, outputs: { result: 'planned' } })
    expect(end.log).toContain('::warning::the comment could not be written')
    expect(end.log).toContain('no check and no status was written')
    expect(await world.comments(pull.number)).toEqual([])
  })

  it('tells a commit status where no check may be written', async () => {
    const pull = await open()
    let status: unknown = null
    world.proxy.decide = ({ path: at, body }) => {
      if (at.endsWith('/check-runs')) return { status: 403, body: { message: 'Resource not accessible' } }
      if (!/\/statuses\/[0-9a-f]{40}$/.test(at)) return null
      status = JSON.parse(body)
      return { status: 201, body: {} }
    }
    expect((await world.onPull(pull, PLAN)).code).toBe(0)
    expect(status).toMatchObject({ context: 'steward plan', state: 'success' })
  })

  it('waits as a limit asks, and then goes on', async () => {
    const pull = await open()
    first(1, isComment, { status: 429, headers: { 'retry-after': '1' }, body: { message: 'slow down' } })
    const end = await world.onPull(pull, PLAN)
    expect(end.code).toBe(0)
    expect(end.log).toContain('GitHub asks for 1 s of patience')
    expect(await world.comments(pull.number)).toHaveLength(1)
  })

  it('waits for a secondary limit', async () => {
    const pull = await open()
    const body = { message: 'You have exceeded a secondary rate limit' }
    first(1, isComment, { status: 403, headers: { 'retry-after': '1' }, body })
    const end = await world.onPull(pull, PLAN)
    expect(end.log).toContain('GitHub limits requests (secondary limit): waiting 1 s')
    expect(await world.comments(pull.number)).toHaveLength(1)
  })

  it('writes one comment where the first try ends with 502', async () => {
    const pull = await open()
    first(1, isComment, { status: 502 })
    expect((await world.onPull(pull, PLAN)).code).toBe(0)
    expect(await world.comments(pull.number)).toHaveLength(1)
  })

  it('writes one comment where the answer to the first try is lost', async () => {
    const pull = await open()
    first(1, isComment, 'lost')
    const end = await world.onPull(pull, PLAN)
    expect(end.code).toBe(0)
    expect(end.log).not.toContain('could not be written')
    expect(await world.comments(pull.number)).toHaveLength(1)
  })

  it('edits once more where the answer to an edit is lost', async () => {
    const pull = await open()
    await world.onPull(pull, PLAN)
    await world.push(pull, { [path('deployments/prod.yaml')]: deployment(3) })
    first(1, ({ method }) => method === 'PATCH', 'lost')
    expect((await world.onPull(pull, PLAN)).code).toBe(0)
    const comments = await world.comments(pull.number)
    expect(comments).toHaveLength(1)
    expect(comments[0]?.body).toContain('version 1 → 3')
  })

  it('leaves one comment of two that two runs have written at once', async () => {
    const pull = await open()
    await world.onPull(pull, PLAN)
    const [own] = await world.comments(pull.number)
    await world.api('POST', `/issues/${pull.number}/comments`, { body: own?.body ?? '' })
    expect(await world.comments(pull.number)).toHaveLength(2)
    await world.onPull(pull, PLAN)
    expect((await world.comments(pull.number)).map(({ id }) => id)).toEqual([own?.id])
  })

  it('takes no comment for its own that a person has written', async () => {
    const pull = await open()
    await world.onPull(pull, PLAN)
    const [own] = await world.comments(pull.number)
    const forged = (own?.body ?? '').replace('"state":"planned"', '"state":"applied"')
    await world.asPerson('POST', `/issues/${pull.number}/comments`, { body: forged })
    await world.onPull(pull, PLAN)
    const comments = await world.comments(pull.number)
    expect(comments.map(({ user }) => user.type)).toEqual(['Bot', 'User'])
    expect(comments[1]?.body).toBe(forged)
  })

  it('applies, and says that the comment is not up to date, where it may not be edited', async () => {
    const pull = await open()
    await world.onPull(pull, PLAN)
    await world.squash(pull)
    world.proxy.decide = ({ method }) => (method === 'PATCH' ? { status: 403 } : null)
    const end = await world.onMain({ command: 'apply' })
    expect(end).toMatchObject({ code: 0, outputs: { result: 'applied' } })
    expect(end.log).toContain(`the comment of #${pull.number} is not up to date`)
    world.proxy.decide = null
    expect(await world.onMain({ command: 'apply' }, 'schedule')).toMatchObject({ outputs: { result: 'nothing' } })
    expect(readComment((await world.comments(pull.number))[0]?.body ?? '')?.state).toBe('applied')
  })

  it('leaves no old plan standing as the newest where none can be made for the new head', async () => {
    const pull = await world.openPull('old-plan', { [path('deployments/prod.yaml')]: deployment(3) })
    await world.onPull(pull, PLAN)
    await world.push(pull, { [path('deployments/prod.yaml')]: deployment(1) })
    world.environment = { STEWARD_DYNAMODB_ENDPOINT: 'http://127.0.0.1:9' }
    const end = await world.onPull(pull, PLAN)
    world.environment = { STEWARD_DYNAMODB_ENDPOINT: store.endpoint }
    expect(end.code).toBe(1)
    expect(readComment((await world.comments(pull.number))[0]?.body ?? '')?.state).toBe('superseded')
    await world.onPull(pull, PLAN)
    expect(readComment((await world.comments(pull.number))[0]?.body ?? '')?.state).toBe('planned')
  })

  it('keeps the token out of logs, summaries and comments', async () => {
    const pull = await world.openPull('quietly', { [path('deployments/test.yaml')]: deployment(3) })
    world.proxy.decide = ({ method }) =>
      method === 'GET' ? null : { status: 401, body: { message: 'Bad credentials' } }
    const end = await world.onPull(pull, PLAN)
    expect(end.log + end.summary + JSON.stringify(end.outputs)).not.toContain(world.token)
  })
})
