import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { CommandLine } from '../support/catalog-cli.ts'

const docs = 'abc_corp/claim/doc_classification'

function example(): CommandLine {
  const line = new CommandLine()
  mkdirSync(line.repository.beside('home'))
  writeFileSync(line.repository.beside('home/.gitconfig'), '[user]\n  email = alice@example.com\n')
  return line.withExample()
}

function documentAt(line: CommandLine, path: string): Record<string, unknown> {
  return parse(readFileSync(join(line.repository.folder, path), 'utf8')) as Record<string, unknown>
}

/** The document with every comment that stands for a field made one. */
function withoutCommentSigns(text: string): string {
  return text.replaceAll(/^( *)# (?!yaml-language-server)(?=[a-z ])/gm, '$1')
}

describe('steward new model', () => {
  test('writes a catalog entry that validates, owned by who works here', async () => {
    await using line = example()
    const { code, value } = await line.json(['new', 'model', '/abc_corp/fraud/cards', '--description', 'It: "works"'])
    expect({ code, value }).toEqual({
      code: 0,
      value: { format: 'steward.new/v1', path: 'models/abc_corp/fraud/cards/model.yaml', notes: [], diagnostics: [] },
    })
    expect(documentAt(line, 'models/abc_corp/fraud/cards/model.yaml')).toEqual({
      description: 'It: "works"',
      owner: 'alice@example.com',
    })
    expect(await line.run(['validate'])).toMatchObject({ code: 0, err: '' })
  })

  test('leaves an existing one as it is and exits 1 with its path', async () => {
    await using line = example()
    const { code, err } = await line.run(['new', 'model', docs])
    expect(code).toBe(1)
    expect(err).toContain(`models/${docs}/model.yaml exists already`)
    expect(line.repository.git('status', '--porcelain')).toBe('')
  })

  test.each([`${docs}/inner`, 'abc_corp/claim'])('refuses %s, one model would be inside another', async (model) => {
    await using line = example()
    const { code, err } = await line.run(['new', 'model', model])
    expect(code).toBe(1)
    expect(err).toContain('one is inside the other')
    expect(line.repository.git('status', '--porcelain')).toBe('')
  })

  test('exits 64 for a name that is none', async () => {
    await using line = example()
    expect(await line.run(['new', 'model', 'Abc/x'])).toMatchObject({ code: 64 })
  })
})

describe('steward new version', () => {
  test('takes the next number, the archive’s digest and how the newest is served', async () => {
    await using line = example()
    const archive = join(line.folder('archives'), '4.tar.gz')
    writeFileSync(archive, 'bytes')
    const uri = pathToFileURL(archive).href
    const words = ['new', 'version', docs, '--artifact', `trained=${uri}`, '--description', 'Adds letters.']
    const { code, value } = await line.json(words)
    expect({ code, value }).toMatchObject({ code: 0, value: { path: `models/${docs}/versions/4.yaml` } })
    expect(documentAt(line, `models/${docs}/versions/4.yaml`)).toEqual({
      description: 'Adds letters.',
      artifacts: [{ name: 'trained', uri, sha256: createHash('sha256').update('bytes').digest('hex'), size: 5 }],
      serving: { command: ['node', 'serve.mjs'] },
    })
    expect(await line.run(['validate'])).toMatchObject({ code: 0 })
  })

  test('never takes a number that HEAD or the main branch has, though the work tree has not', async () => {
    await using line = example()
    const { repository } = line
    const before = repository.git('rev-parse', 'HEAD')
    repository.write(`models/${docs}/versions/7.yaml`, 'description: Of a colleague.\n')
    repository.commit()
    repository.git('checkout', '--quiet', '-b', 'mine', before)
    repository.write(`models/${docs}/versions/5.yaml`, 'description: Removed again.\n')
    repository.commit()
    repository.git('rm', '--quiet', `models/${docs}/versions/5.yaml`)
    expect((await line.json(['new', 'version', docs])).value.path).toBe(`models/${docs}/versions/8.yaml`)
    repository.git('branch', '--quiet', '-D', 'main')
    repository.git('clean', '--quiet', '-fd')
    expect((await line.json(['new', 'version', docs])).value.path).toBe(`models/${docs}/versions/6.yaml`)
  })

  test('takes several artifacts, and says which it could not read', async () => {
    await using line = example()
    const key = `trained=${docs}/versions/999997_000003.tar.gz`
    const { code, value } = await line.json(['new', 'version', docs, '--artifact', key, '--artifact', 'b=s3://b/k'])
    expect(code).toBe(0)
    expect(value.notes).toEqual([expect.stringContaining('s3://b/k can not be read here')])
    const { artifacts } = documentAt(line, `models/${docs}/versions/4.yaml`)
    expect(artifacts).toEqual([expect.objectContaining({ size: 81948 }), { name: 'b', uri: 's3://b/k' }])
  })

  test('writes nothing for an archive that is not there', async () => {
    await using line = example()
    const { code, err } = await line.run(['new', 'version', docs, '--artifact', 'trained=no/such.tar.gz'])
    expect(code).toBe(1)
    expect(err).toContain('does not exist')
    expect(line.repository.git('status', '--porcelain')).toBe('')
  })

  test.each([['trained'], ['=x'], ['a=1', 'a=2']])('exits 64 for the artifacts %s', async (...given) => {
    await using line = example()
    const words = given.flatMap((text) => ['--artifact', text])
    expect(await line.run(['new', 'version', docs, ...words])).toMatchObject({ code: 64 })
  })

  test('names the nearest model where there is none of the name', async () => {
    await using line = example()
    const { code, err } = await line.run(['new', 'version', 'abc_corp/claim/doc_clasification'])
    expect(code).toBe(1)
    expect(err).toContain(`The nearest is /${docs}.`)
  })
})

describe('steward new deployment', () => {
  test('deploys the highest version, and validates', async () => {
    await using line = example()
    line.repository.write('models/_platform/runtimes/test.yaml', 'deployment_method: local host\nstages: [test]\n')
    const { code, value } = await line.json(['new', 'deployment', docs, 'test'])
    expect({ code, value }).toMatchObject({ code: 0, value: { diagnostics: [] } })
    expect(documentAt(line, `models/${docs}/deployments/test.yaml`)).toEqual({ model_version: 3 })
    expect(await line.run(['validate'])).toMatchObject({ code: 0 })
  })

  test('refuses a stage that no runtime serves, and says which stages are', async () => {
    await using line = example()
    const { code, err } = await line.run(['new', 'deployment', docs, 'qa'])
    expect(code).toBe(1)
    expect(err).toContain('no runtime serves stage qa with service tags claim-intake')
    expect(err).toContain('local (dev, prod)')
    expect(line.repository.git('status', '--porcelain')).toBe('')
  })

  test('asks for --runtime where several serve the stage, and takes it', async () => {
    await using line = example()
    for (const name of ['a', 'b']) {
      line.repository.write(`models/_platform/runtimes/${name}.yaml`, 'deployment_method: local host\nstages: [qa]\n')
    }
    const { code, err } = await line.run(['new', 'deployment', docs, 'qa'])
    expect(code).toBe(1)
    expect(err).toContain('--runtime: a, b')
    expect(await line.run(['new', 'deployment', docs, 'qa', '--version', '1', '--runtime', 'b'])).toMatchObject({
      code: 0,
    })
    expect(documentAt(line, `models/${docs}/deployments/qa.yaml`)).toEqual({ model_version: 1, runtime: 'b' })
  })

  test.each([
    [['--version', '9'], 'Registered: 1, 2, 3.'],
    [['--runtime', 'locl'], 'The nearest is local.'],
  ])('with %j says what there is', async (options, text) => {
    await using line = example()
    const { code, err } = await line.run(['new', 'deployment', docs, 'qa', ...options])
    expect(code).toBe(1)
    expect(err).toContain(text)
    expect(line.repository.git('status', '--porcelain')).toBe('')
  })

  test('leaves an existing one as it is', async () => {
    await using line = example()
    const { code, err } = await line.run(['new', 'deployment', docs, 'prod'])
    expect(code).toBe(1)
    expect(err).toContain(`models/${docs}/deployments/prod.yaml exists already`)
    expect(line.repository.git('status', '--porcelain')).toBe('')
  })

  test('refuses a version that does not say how it is served', async () => {
    await using line = example()
    await line.run(['new', 'model', 'abc_corp/fraud/cards'])
    await line.run(['new', 'version', 'abc_corp/fraud/cards'])
    const { code, err } = await line.run(['new', 'deployment', 'abc_corp/fraud/cards', 'dev'])
    expect(code).toBe(1)
    expect(err).toContain('version 1 of /abc_corp/fraud/cards does not say how it is served')
  })

  test('says where the only version is broken', async () => {
    await using line = example()
    await line.run(['new', 'model', 'abc_corp/fraud/cards'])
    line.repository.write('models/abc_corp/fraud/cards/versions/1.yaml', 'description: first\nservin: {}\n')
    for (const words of [[], ['--version', '1']]) {
      const { code, err } = await line.run(['new', 'deployment', 'abc_corp/fraud/cards', 'dev', ...words])
      expect(code).toBe(1)
      expect(err).toContain('version 1 of /abc_corp/fraud/cards is not valid')
      expect(err).toContain('models/abc_corp/fraud/cards/versions/1.yaml:2 first: unknown field `servin`')
    }
  })
})

test('every field that a scaffolded document shows as a comment is valid where the comment is taken away', async () => {
  await using line = example()
  const { repository } = line
  repository.git('rm', '-r', '--quiet', 'models')
  repository.write('README.md', 'empty\n')
  repository.commit('begin anew')
  const own = { STEWARD_ARTIFACTS_URI: '' }
  await line.run(['init'], own)
  await line.run(['new', 'model', 'abc_corp/claim/second'], own)
  await line.run(['new', 'version', 'abc_corp/claim/second'], own)
  const paths = repository.git('ls-files', '--others', 'models').split('\n').filter((path) => path.endsWith('.yaml')) // prettier-ignore
  let changed = 0
  for (const path of paths) {
    const text = readFileSync(join(repository.folder, path), 'utf8')
    repository.write(path, withoutCommentSigns(text))
    if (withoutCommentSigns(text) !== text) changed += 1
  }
  expect(changed).toBeGreaterThanOrEqual(7)
  // The gates that are shown name a role, as the comment says.
  repository.write('models/_platform/roles.yaml', 'roles: {compliance: [github:carol]}\n')
  const { code, value } = await line.json(['validate'])
  const said = (value.diagnostics as { code: string; summary: string }[]).filter((each) => each.code !== 'ST1015')
  expect({ code, said }).toEqual({ code: 0, said: [] })
})
