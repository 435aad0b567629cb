import { describe, expect, test } from 'vitest'
import { catalog } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'

const settings = 'models/_platform/settings.yaml'
const names = ['model-catalog', 'model-registry', 'model-deployment', 'model-stage-governance', 'steward-control']
/** Nothing listens there: a command that asks a store fails. */
const nowhere = { STEWARD_DYNAMODB_ENDPOINT: 'http://127.0.0.1:9' }

const commandLine = (): CommandLine => new CommandLine().withCatalog(catalog())

describe('steward tables describe', () => {
  test('says of each table whether it is there as defined', async () => {
    await using line = commandLine()
    const { code, value } = await line.json(['tables', 'describe'])
    expect(code).toBe(0)
    expect(Object.keys(value)[0]).toBe('format')
    expect(value).toEqual({
      format: 'steward.tables/v1',
      tables: names.map((table) => ({ table, state: 'present', active: true, differences: [] })),
    })
    const pretty = await line.run(['tables', 'describe'])
    expect(pretty.out).toBe(names.map((name) => `${name.padEnd(22)}  present, active, as defined\n`).join(''))

    const missing = await line.run(['tables', 'describe'], { STEWARD_TABLE_PREFIX: 'x-' })
    expect(missing.code).toBe(1)
    expect(missing.out).toContain('x-model-catalog           missing\n')
    expect(missing.out).toContain('`steward tables create`')
    expect((await line.run(['tables', 'create'], { STEWARD_TABLE_PREFIX: 'x-' })).code).toBe(0)
    expect((await line.run(['tables', 'describe'], { STEWARD_TABLE_PREFIX: 'x-' })).code).toBe(0)
  })

  test.each(['cloudformation', 'terraform'])('prints the definition for %s without asking anybody', async (format) => {
    await using line = commandLine()
    line.repository.write(settings, 'tables: { backend: dynamodb, region: eu-west-1, prefix: ml- }\n')
    line.repository.commit('settings')
    const { code, out, err } = await line.run(['tables', 'describe', '--format', format], nowhere)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const name of names) expect(out).toContain(name)
    expect(out).toMatch(/(Default: |default += ")ml-/)
    expect(out).not.toContain('iam')
  })

  test('says which store does not answer', async () => {
    await using line = commandLine()
    const { code, out, err } = await line.run(['tables', 'describe'], nowhere)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('ECONNREFUSED 127.0.0.1:9')
    expect(err).not.toContain('mistake of steward')
  })
})
