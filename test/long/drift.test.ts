import type { ChildProcess } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signal, until } from '../support/waiting.ts'
import { Workspace } from '../support/workspace.ts'

const model = '/abc_corp/claim/doc_classification'
const key = `${model}#prod`

interface Set {
  readonly id: string
  readonly replicas_wanted: number
  readonly environment_variables: readonly { readonly name: string; readonly value: string }[]
  readonly replicas: readonly { readonly pid: number | null; readonly state: string }[]
  readonly [field: string]: unknown
}

interface Deployment {
  readonly path: string
  readonly sets: readonly Set[]
}

describe('drift on the model host', { timeout: 120_000 }, () => {
  let space: Workspace
  let control = ''
  let token = ''
  let host: ChildProcess

  beforeEach(async () => {
    space = new Workspace()
    ;({ control, token, process: host } = await space.host())
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
  })
  afterEach(() => space.close())

  const call = (method: string, body?: object): Promise<Response> =>
    fetch(new URL(`/v1/deployments/${encodeURIComponent(key)}`, control), {
      method,
      headers: { authorization: `Bearer ${token}`, 'steward-epoch': '1' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const running = async (): Promise<Deployment> => (await (await call('GET')).json()) as Deployment
  /** Changes what runs behind our back, as somebody with the host's token can. */
  const change = async (edit: (set: Record<string, unknown>) => Record<string, unknown>): Promise<void> => {
    const { path, sets } = await running()
    const asked = sets.map(
      ({ id, model_version, artifacts, command, environment_variables, weight, replicas_wanted }) =>
        edit({ id, model_version, artifacts, command, environment_variables, weight, replicas: replicas_wanted }),
    )
    expect((await call('PUT', { path, sets: asked })).status).toBe(202)
  }
  const variables = (set: Record<string, unknown>): Record<string, unknown> => ({
    ...set,
    environment_variables: [{ name: 'LOG_REQUESTS', value: 'hunter2-hunter2' }],
  })
  const settings = (text: string): void => {
    space.write('_platform/settings.yaml', text)
    space.commit('settings')
  }
  const drift = async (): Promise<{ code: number | null; found: string[] }> => {
    const { code, out } = await space.run('drift', '--json')
    const { drift: found } = JSON.parse(out) as { drift: { class: string; fields: string[] }[] }
    return { code, found: found.map((entry) => `${entry.class}: ${entry.fields.join(', ')}`) }
  }

  it.each([
    ['changed variables', 'environment_variables.LOG_REQUESTS', () => change(variables)],
    ['another number of replicas', 'replicas', () => change((set) => ({ ...set, replicas: 1 }))],
    ['another command', 'command', () => change((set) => ({ ...set, command: ['node', 'serve.mjs', 'more'] }))],
    ['its removal', 'deployment', async () => void (await call('DELETE'))],
  ])('%s are detected, and corrected by apply', async (_, field, disturb) => {
    await disturb()
    expect(await drift()).toEqual({ code: 2, found: [`changed_outside: ${field}`] })
    const plan = await space.run('plan')
    expect(plan.out).toContain('changed outside')
    const applied = await space.run('apply', '--yes', '--wait')
    expect(applied.code, applied.err).toBe(0)
    expect(await drift()).toEqual({ code: 0, found: [] })
    const { sets } = await running()
    expect(sets.map(({ replicas_wanted: wanted }) => wanted)).toEqual([2])
    const audit = await space.run('audit', 'export', '--format', 'json')
    expect(audit.out).toContain('deployment.corrected')
    expect(audit.out + plan.out).not.toContain('hunter2')
  })

  it('a process that is killed is started again by the host, and is no drift', async () => {
    const pid = (await running()).sets[0]?.replicas[0]?.pid ?? 0
    signal(pid, 'SIGKILL')
    await until('another process serves', async () => {
      const replicas = (await running()).sets[0]?.replicas ?? []
      return replicas.every((replica) => replica.pid !== pid && replica.state === 'ready')
    })
    expect(await drift()).toEqual({ code: 0, found: [] })
  })

  it('is only told where the settings say warn, and seen in the status', async () => {
    settings('drift: {mode: warn}\n')
    await change(variables)
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    expect(await drift()).toEqual({ code: 2, found: ['changed_outside: environment_variables.LOG_REQUESTS'] })
    const { out } = await space.run('status', model.slice(1))
    expect(out).toContain('OutOfSync, Healthy  Drifted: ')
    expect(out).toContain('variable LOG_REQUESTS has another value')
    expect((await space.run('apply', '--yes')).err).toContain('nothing to do')
  })

  it('of an ignored field is told as ignored, and left alone', async () => {
    settings('drift: {ignore: [replicas]}\n')
    await change((set) => ({ ...set, replicas: 3 }))
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    expect(await drift()).toEqual({ code: 0, found: ['ignored: replicas'] })
    expect((await running()).sets[0]?.replicas_wanted).toBe(3)
  })

  it('is not looked for where the settings say ignore', async () => {
    settings('drift: {mode: ignore}\n')
    await call('DELETE')
    const { code, out } = await space.run('drift')
    expect([code, out]).toEqual([0, expect.stringContaining('nobody looks')])
  })

  it('diff shows Git against what runs, field by field', async () => {
    expect(await space.run('diff')).toMatchObject({ code: 0, out: expect.stringContaining('as it is declared') })
    await change(variables)
    space.edit('abc_corp/claim/doc_classification/deployments/prod.yaml', /^model_version: \d+/m, 'model_version: 3')
    space.commit('not applied yet')
    const { code, out } = await space.run('diff', model.slice(1), '--stage', 'prod')
    expect(code).toBe(2)
    expect(out).toContain('model_version: declared 3, running 2')
    expect(out).toContain('environment_variables.LOG_REQUESTS: declared errors, running ***')
    expect(out).not.toContain('hunter2')
    const { units } = await space
      .run('diff', '--json')
      .then(
        (ended) =>
          JSON.parse(ended.out) as { units: { deployments: { name: string; differences: { field: string }[] }[] }[] },
      )
    const fields = units.flatMap(({ deployments }) =>
      deployments.flatMap((each) => each.differences.map(({ field }) => field)),
    )
    expect(fields.toSorted()).toEqual([
      'artifacts.static_data',
      'artifacts.trained',
      'environment_variables.LOG_REQUESTS',
      'model_version',
    ])
  })

  it('says where a runtime does not answer', async () => {
    const ended = new Promise((resolve) => host.once('close', resolve))
    host.kill('SIGTERM')
    await ended
    for (const command of ['drift', 'diff']) {
      const { code, out, err } = await space.run(command)
      expect(code, command).toBe(1)
      expect(out + err).toContain('model host')
    }
  })
})
