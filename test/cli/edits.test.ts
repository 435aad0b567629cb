import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { catalog, MODEL, pathIn } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'

const name = MODEL.slice(1)
const prod = pathIn(MODEL, 'deployments/prod.yaml')
const intent = '# who serves\r\nmodel_version: 1 # changing this line is the promotion\r\nlabels: {team: "a"}\r\n'

const commandLine = (): CommandLine =>
  new CommandLine().withCatalog(catalog().version(MODEL, 2).deployment(MODEL, 'prod', intent))
const read = (line: CommandLine, path: string): string => readFileSync(join(line.repository.folder, path), 'utf8')

describe('steward promote', () => {
  test('changes one line of the stage’s deployment and nothing else', async () => {
    await using line = commandLine()
    const { code, out, err } = await line.run(['promote', `${name}@2`, '--to', 'prod'])
    expect({ code, out }).toEqual({ code: 0, out: `edited ${prod}:2\n` })
    expect(err).toContain('git diff')
    expect(read(line, prod)).toBe(intent.replace('model_version: 1', 'model_version: 2'))
    expect(line.repository.git('status', '--porcelain')).toBe(` M ${prod}`)
  })

  test('of what is there already changes nothing', async () => {
    await using line = commandLine()
    const { value } = await line.json(['promote', `/${name}@1`, '--to', 'prod'])
    expect(value).toMatchObject({ format: 'steward.edit/v1', files: [{ path: prod, changed: false, line: null }] })
    expect(line.repository.git('status', '--porcelain')).toBe('')
  })

  test.each([
    ['of another name, the only one of the stage', 'main', false],
    ['beside another of the stage', 'second', true],
  ])('is refused where a deployment can not be read: %s', async (_reason, file, keepProd) => {
    await using line = commandLine()
    const path = pathIn(MODEL, `deployments/${file}.yaml`)
    if (!keepProd) line.repository.git('rm', '--quiet', prod)
    line.repository.write(path, 'stage: prod\nmodel_version: 1\nstag: prod\n')
    const before = line.repository.git('status', '--porcelain')
    const { code, err } = await line.run(['promote', `${name}@2`, '--to', 'prod'])
    expect({ code, status: line.repository.git('status', '--porcelain') }).toEqual({ code: 1, status: before })
    expect(err).toContain(`${path}:3:1`)
  })

  test('to a version that is not valid names the place, and changes nothing', async () => {
    await using line = commandLine()
    const path = pathIn(MODEL, 'versions/2.yaml')
    line.repository.write(path, 'description: second\nservin: {}\n')
    const { code, err } = await line.run(['promote', `${name}@2`, '--to', 'prod'])
    expect({ code, text: read(line, prod) }).toEqual({ code: 1, text: intent })
    expect(err).toContain('version 2 of /abc/claim/docs is not valid')
    expect(err).toContain(`${path}:2 first: unknown field \`servin\``)
  })

  test('to a stage without deployment writes one', async () => {
    await using line = commandLine()
    const { code } = await line.run(['promote', `${name}@2`, '--to', 'dev'])
    expect(code).toBe(0)
    expect(read(line, pathIn(MODEL, 'deployments/dev.yaml'))).toContain('model_version: 2')
    expect((await line.run(['validate'])).code).toBe(0)
  })

  test.each([
    [[`${name}@9`, '--to', 'prod'], 1, 'Registered: 1, 2.'],
    [['abc/claim/dogs@1', '--to', 'prod'], 1, 'The nearest is /abc/claim/docs.'],
    [[name, '--to', 'prod'], 64, 'Write abc/claim/docs@3 for version 3.'],
    [[`${name}@2`], 64, 'promote needs --to STAGE'],
    [[`${name}@2`, '--to', 'Prod'], 64, 'lower-case letters'],
  ])('%j is refused with a hint, and nothing is written', async (words, code, hint) => {
    await using line = commandLine()
    const ran = await line.run(['promote', ...words])
    expect(ran.code).toBe(code)
    expect(ran.err).toContain(hint)
    expect(line.repository.git('status', '--porcelain')).toBe('')
  })

  test('of a file that can not be edited says where, and writes none of the stage’s files', async () => {
    await using line = commandLine()
    const other = pathIn(MODEL, 'deployments/eu.yaml')
    line.repository.write(other, 'stage: prod\nmodel_version: &v 1\nlabels: {v: "x"}\ncapacity: {replicas: *v}\n')
    const { code, err } = await line.run(['promote', `${name}@2`, '--to', 'prod'])
    expect(code).toBe(1)
    expect(err).toContain(`${other}:2:`)
    expect(read(line, prod)).toBe(intent)
  })
})

describe('steward hold and resume', () => {
  test('write a hold with its reason, and take it away again byte for byte', async () => {
    await using line = commandLine()
    const until = ['--until', '2099-12-04']
    expect((await line.run(['hold', name, '--stage', 'prod', '--reason', 'audit: Friday', ...until])).code).toBe(0)
    expect(read(line, prod)).toBe(`${intent}hold: {reason: "audit: Friday", until: 2099-12-04}\r\n`)
    expect((await line.run(['resume', name, '--stage', 'prod'])).code).toBe(0)
    expect(read(line, prod)).toBe(intent)
  })

  test('a stage that has no deployment, a day that is none', async () => {
    await using line = commandLine()
    expect((await line.run(['resume', name, '--stage', 'dev'])).err).toContain('Its stages: prod')
    const { code, err } = await line.run(['hold', name, '--stage', 'prod', '--reason', 'x', '--until', '2026-02-30'])
    expect(code).toBe(64)
    expect(err).toContain('2026-12-31')
  })
})

describe('steward deprecate', () => {
  test('says why, what to use instead, and who still uses it', async () => {
    await using line = commandLine()
    const words = ['deprecate', `${name}@1`, '--reason', 'too old', '--replaced-by', '2']
    const { code, err } = await line.run(words)
    expect(code).toBe(0)
    expect(err).toContain('still used by prod')
    expect(read(line, pathIn(MODEL, 'versions/1.yaml'))).toContain('deprecated: { reason: too old, replaced_by: 2 }')
    expect((await line.run(['validate'])).code).toBe(0)
  })
})

describe('steward show', () => {
  test('gives each value with the place that it comes from', async () => {
    await using line = commandLine()
    line.repository.writeCatalog(
      catalog()
        .file('abc/namespace.yaml', 'owner: abc@example.com\ndefaults: {labels: {cost: "4711", team: b}}\n')
        .model(
          MODEL,
          'description: A model.\ndeployment_defaults:\n  rollout: {deadline: 5m}\nurl: https://example.com/docs\n',
        )
        .deployment(MODEL, 'prod', intent),
    )
    const { value } = await line.json(['show', name, '--stage', 'prod', '--worktree'])
    const [version, deployment] = value.documents as {
      kind: string
      values: { pointer: string; value: unknown; origin: unknown }[]
    }[]
    expect(version?.kind).toBe('ModelVersion')
    expect(version?.values.find(({ pointer }) => pointer === '/url')).toMatchObject({
      value: 'https://example.com/docs',
      origin: { path: pathIn(MODEL, 'model.yaml'), line: 4 },
    })
    const origins = Object.fromEntries(deployment?.values.map(({ pointer, origin }) => [pointer, origin]) ?? [])
    expect(origins).toMatchObject({
      '/model_version': { path: prod, line: 2 },
      '/labels/team': { path: prod, line: 3 },
      '/labels/cost': { path: 'models/abc/namespace.yaml', line: 2 },
      '/rollout/deadline': { path: pathIn(MODEL, 'model.yaml'), line: 3 },
      '/mode': null,
    })
    const whole = await line.run(['show', name, '--worktree'])
    expect(whole.out).toContain('owner: abc@example.com')
    expect(whole.out).toContain('# models/abc/namespace.yaml:1')
  })

  test('of a model that is not there names the nearest', async () => {
    await using line = commandLine()
    const { code, err } = await line.run(['show', 'abc/claim/doc'])
    expect(code).toBe(1)
    expect(err).toContain('The nearest is /abc/claim/docs.')
  })
})

describe('steward explain and steward schema', () => {
  test('explain a code, list all of them, and say what is near to one that is none', async () => {
    await using line = commandLine()
    expect((await line.run(['explain', 'st1209'])).out).toContain('invariant I4')
    expect((await line.run(['explain'])).out).toMatch(/^ST1001 {2}error/)
    expect((await line.run(['explain', 'ST9999'])).code).toBe(64)
  })

  test('print the schema of a kind however it is written', async () => {
    await using line = commandLine()
    for (const kind of ['ModelVersion', 'model-version', 'modelversion']) {
      const { out } = await line.run(['schema', kind])
      expect(JSON.parse(out)).toMatchObject({
        title: 'ModelVersion',
        $schema: 'http://json-schema.org/draft-07/schema#',
      })
    }
    expect((await line.run(['schema', 'Modle'])).err).toContain('The nearest is Model.')
  })
})
