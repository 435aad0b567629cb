import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GitHubWorld } from '../support/github-world.ts'
import { deployment, path, smallCatalog, version } from '../support/small-catalog.ts'

/** Commands that a runner would obey: lines that begin with ::, read while commands are not stopped. */
function obeyed(log: string): string[] {
  const found: string[] = []
  let stopped: string | null = null
  for (const line of log.split('\n').map((each) => each.trimStart())) {
    const stop = /^::stop-commands::(.+)$/.exec(line)?.[1]
    if (stopped !== null) {
      if (line === `::${stopped}::`) stopped = null
    } else if (stop !== undefined) stopped = stop
    else if (line.startsWith('::') || line.includes('##[')) found.push(line)
  }
  expect(stopped).toBeNull()
  return found
}

describe('a pull request of a fork', { timeout: 60_000 }, () => {
  let world: GitHubWorld

  beforeAll(async () => {
    world = await GitHubWorld.open()
    world.start(smallCatalog())
  }, 60_000)
  afterAll(() => world.close())

  it('gets the full result without a token: annotations, summary, exit code', async () => {
    const pull = await world.openPull('wrong', { [path('deployments/prod.yaml')]: deployment(9) })
    const before = world.proxy.requests.length
    for (const command of ['validate', 'plan']) {
      const end = await world.onPull(pull, { command }, { fork: true })
      expect(end).toMatchObject({ code: 1, outputs: { result: 'invalid', errors: '1' } })
      const [first] = obeyed(end.log)
      expect(first).toContain(`::error file=${path('deployments/prod.yaml')},line=1`)
      expect(end.summary).toContain('### Validation failed')
    }
    expect(world.proxy.requests.length).toBe(before)
    expect(await world.comments(pull.number)).toEqual([])
  })

  it('is not planned, even where somebody left credentials lying about', async () => {
    const pull = await world.openPull('fine', { [path('deployments/prod.yaml')]: deployment(2) })
    world.environment = { STEWARD_DYNAMODB_ENDPOINT: 'http://127.0.0.1:9' }
    const end = await world.onPull(pull, { command: 'plan', 'github-token': world.token }, { fork: true })
    world.environment = {}
    expect(end).toMatchObject({ code: 0, outputs: { result: 'valid' } })
    expect(end.summary).toContain('A plan is not made for pull requests of forks')
  })

  it('can not give commands to the runner, whatever its documents say', async () => {
    const evil = '"::set-output name=x::y\\n::add-mask::z\\n##[error]gone\\n::error::mine"'
    const pull = await world.openPull('evil', {
      [path('versions/4.yaml')]:
        `description: ${evil}\nserving: {command: [node]}\n"::error::key": 1\n"##[set-env name=A]b": 2\n`,
      'models/abc/claim/doc/versions/::error::file.yaml': 'description: x\n',
    })
    const end = await world.onPull(pull, { command: 'validate' }, { fork: true })
    expect(end.code).toBe(1)
    for (const line of obeyed(end.log))
      expect(line).toMatch(/^::(error|warning) file=[^:]*,line=\d+|^::(error|warning)::and \d+ more/)
  })

  it('shows the problems of its own lines first, at most nine of a kind, and how many more there are', async () => {
    const old = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [
        `models/abc/old${at}/model.yaml`,
        'descriptoin: Wrong.\nowner: a@example.com\n',
      ]),
    )
    world.pushToMain(old, 'Many wrong ones')
    const pull = await world.openPull('mine', { [path('deployments/test.yaml')]: deployment(8) })
    const end = await world.onPull(pull, { command: 'validate' }, { fork: true })
    const errors = obeyed(end.log).filter((line) => line.startsWith('::error'))
    expect(errors).toHaveLength(10)
    expect(errors[0]).toContain(path('deployments/test.yaml'))
    expect(errors[9]).toMatch(/^::error::and \d+ more/)
  })

  it('makes the merge itself where the head is checked out, and says where it conflicts', async () => {
    const pull = await world.openPull('behind', { [path('versions/2.yaml')]: version({ accuracy: 0.94 }) })
    world.pushToMain({ [path('deployments/prod.yaml')]: deployment(7) }, 'Main is wrong now')
    const payload = {
      number: pull.number,
      pull_request: {
        head: { sha: world.git(world.clone, 'rev-parse', pull.branch), repo: { full_name: 'someone/ml-models' } },
        base: { sha: world.git(world.clone, 'rev-parse', 'main'), ref: 'main', repo: { full_name: 'abc/ml-models' } },
      },
    }
    const run = { name: 'pull_request', payload, ref: `refs/heads/${pull.branch}`, depth: null }
    const end = await world.step({ command: 'validate' }, run)
    // What is wrong on main is wrong in the merge, though the head does not have it.
    expect(end.log).toContain(`file=${path('deployments/prod.yaml')}`)
    world.pushToMain({ [path('versions/2.yaml')]: version({ accuracy: 0.1 }) }, 'The same line')
    const base = { ...payload.pull_request.base, sha: world.git(world.clone, 'rev-parse', 'main') }
    const second = { ...run, payload: { ...payload, pull_request: { ...payload.pull_request, base } } }
    const conflict = await world.step({ command: 'validate' }, second)
    expect(conflict).toMatchObject({ code: 1, outputs: { result: 'error' } })
    expect(conflict.log).toContain('conflicts with its base')
  })

  it('refuses events that mix the base’s secrets with the content of others', async () => {
    for (const name of ['pull_request_target', 'workflow_run', 'issue_comment']) {
      const end = await world.step({ command: 'validate' }, { name, payload: {}, ref: 'refs/heads/main', depth: null })
      expect(end).toMatchObject({ code: 1, outputs: { result: 'error' } })
      expect(end.log).toContain(`::error::the event ${name} is refused`)
    }
  })

  it('checks the commit of a merge queue', async () => {
    const payload = { merge_group: { base_sha: world.git(world.clone, 'rev-parse', 'main^') } }
    const run = { name: 'merge_group', payload, ref: 'refs/heads/main', depth: '--depth=2' }
    const end = await world.step({ command: 'validate' }, run)
    expect(end.outputs.result).toBe('invalid')
    expect(end.log).toContain(`file=${path('deployments/prod.yaml')}`)
  })

  it('reads no settings from a revision that is not there', async () => {
    const pull = await world.openPull('mistyped', { [path('deployments/test.yaml')]: deployment(2) })
    const end = await world.onPull(pull, { command: 'plan', 'settings-ref': 'mian' })
    expect(end).toMatchObject({ code: 1, outputs: { result: 'error' } })
    expect(end.log).toContain('::error::there is no revision mian, which settings are to be read from')
  })

  it('says what is wrong with inputs, and that embedded tables are not there', async () => {
    const on = {
      name: 'push',
      payload: { repository: { default_branch: 'main' } },
      ref: 'refs/heads/main',
      depth: null,
    }
    const outside = await world.step({ command: 'validate', root: '../models' }, on)
    expect(outside.log).toContain('::error::root ../models is no folder of the repository')
    const typo = await world.step({ command: 'aply' }, on)
    expect(typo.log).toContain('::error::input command: "aply" is none of its words%0AUse validate, plan, apply.')
    world.pushToMain({ 'models/_platform/settings.yaml': 'tables: {backend: embedded}\n' }, 'Embedded')
    const apply = await world.step({ command: 'apply' }, on)
    expect(apply.log).toContain('the tables are embedded')
    const elsewhere = await world.step(
      { command: 'apply' },
      { ...on, payload: { repository: { default_branch: 'trunk' } } },
    )
    expect(elsewhere.log).toContain('apply runs on the default branch trunk')
  })
})
