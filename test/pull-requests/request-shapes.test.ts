import { simulation } from '@simulacrum/github-api-simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportCheck } from '../../src/github/checks.ts'
import { PlanComments } from '../../src/github/comments.ts'
import { Connection } from '../../src/github/connection.ts'
import { closedPulls, mergedAs, pullRequest, pullsFrom } from '../../src/github/pull-requests.ts'
import { defaultBranch, putChangeRequest } from '../../src/github/change-request.ts'
import { ApiProxy, type ApiRequest } from '../support/api-proxy.ts'
import { problem } from '../support/shown-plans.ts'

type Listening = Awaited<ReturnType<ReturnType<typeof simulation>['listen']>>

/**
 * GitHub's own description of its API (OpenAPI) against every request that is sent: path, query and body. The simulator
 * keeps no state and answers with the examples of the description.
 */
describe('every request has the shape that GitHub describes', { timeout: 60_000 }, () => {
  let simulator: Listening
  let proxy: ApiProxy
  let connection: Connection
  const refused: string[] = []
  const logs: string[] = []

  beforeAll(async () => {
    simulator = await simulation().listen(0)
    proxy = new ApiProxy(`http://localhost:${simulator.port}`)
    proxy.onAnswer = ({ method, path }: ApiRequest, status: number, body: string) => {
      if (status >= 400) refused.push(`${method} ${path}: ${status} ${body.slice(0, 300)}`)
    }
    connection = new Connection({
      ...{ owner: 'octocat', repo: 'Hello-World', apiUrl: await proxy.listen(), version: 'test', retries: 0 },
      identity: { kind: 'token', token: 'ghs_test' },
      log: (text) => logs.push(text),
    })
  }, 60_000)
  afterAll(async () => {
    await proxy.close()
    await simulator.ensureClose()
  })

  const sent = (method: string, path: RegExp): ApiRequest[] =>
    proxy.requests.filter((request) => request.method === method && path.test(request.path))

  it('comments', async () => {
    const comments = new PlanComments(connection, 'models', 10)
    await comments.of(1)
    await comments.newest()
    await comments.put(1, 'A plan', [])
    const standing = { id: 1, pull: 1, url: '', body: 'An old one', author: 'a[bot]', comment: {} as never }
    await comments.put(1, 'A plan', [standing, { ...standing, id: 2 }])
    expect(sent('PATCH', /\/issues\/comments\/1$/)).toHaveLength(1)
    expect(sent('DELETE', /\/issues\/comments\/2$/)).toHaveLength(1)
  })

  it('checks, fifty annotations at a time, and statuses', async () => {
    const diagnostics = Array.from({ length: 120 }, (_, at) => problem('models/a/b/model.yaml', at + 1, 'Wrong'))
    const check = { name: 'steward plan', sha: 'a'.repeat(40), conclusion: 'failure', title: 'Wrong' } as const
    await reportCheck(connection, { ...check, summary: 'Words', diagnostics, detailsUrl: 'https://example.com/run' })
    const batches = proxy.requests
      .filter(({ path }) => path.includes('/check-runs'))
      .map(({ body }) => JSON.parse(body).output.annotations.length)
    expect(batches).toEqual([50, 50, 20])
    proxy.decide = ({ path }) => (path.includes('/check-runs') ? { status: 403 } : null)
    const how = await reportCheck(connection, { ...check, summary: '', diagnostics: [], detailsUrl: null })
    proxy.decide = null
    expect(how).toBe('status')
  })

  it('pull requests', async () => {
    await pullRequest(connection, 1)
    const closed = await closedPulls(connection, 'main')
    await mergedAs(
      connection,
      Array.from({ length: 100 }, () => closed[0]).filter((pull) => pull !== undefined),
      ['a'.repeat(40)],
    )
    await pullsFrom(connection, 'steward/abc.claim.doc/prod')
    expect(sent('GET', /\/commits\/a{40}\/pulls/)).toHaveLength(1)
  })

  it('a change by the Git data API', async () => {
    const target = await defaultBranch(connection).catch(() => ({ name: 'main', commit: 'a'.repeat(40) }))
    const request = {
      ...{
        branch: 'steward/abc.claim.doc/prod',
        baseBranch: target.name,
        base: target.commit,
        baseTree: 'b'.repeat(40),
      },
      files: [{ path: 'models/a/b/deployments/prod.yaml', text: 'model_version: 3\n' }],
      ...{ message: 'Promote', title: 'Promote', body: () => 'Body' },
    }
    const open = {
      number: 1,
      url: '',
      state: 'open',
      merged: false,
      head: '',
      headBranch: '',
      base: '',
      baseBranch: '',
    } as const
    await putChangeRequest(connection, request, { ...open, mergeCommit: null, body: '', own: true, closedAt: null })
    await putChangeRequest(connection, request, null).catch(() => null)
    for (const what of [/\/git\/trees$/, /\/git\/commits$/, /\/git\/refs$/, /\/pulls$/]) {
      expect(sent('POST', what).length).toBeGreaterThan(0)
    }
  })

  it('which it would say: a request of another shape is refused', async () => {
    const before = refused.length
    const annotations = Array.from({ length: 51 }, () => ({
      path: 'a',
      start_line: 1,
      end_line: 1,
      annotation_level: 'failure',
      message: 'm',
    }))
    const wrong = connection.call('a check', ({ checks }, place) =>
      checks.create({
        ...place,
        name: 'x',
        head_sha: 'a'.repeat(40),
        output: { title: 't', summary: 's', annotations },
      } as never),
    )
    await expect(wrong).rejects.toThrow('GitHub: a check: 4')
    expect(refused.splice(before)).toHaveLength(1)
  })

  it('and none was refused', () => {
    expect(refused).toEqual([])
    expect(proxy.requests.length).toBeGreaterThan(15)
  })
})
