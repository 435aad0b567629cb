import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { CommandLine } from '../support/catalog-cli.ts'
import { signal, until } from '../support/waiting.ts'

const checkout = join(import.meta.dirname, '../..')
/** The machine of someone new: archives in the state folder, a name and an address for Git. */
const own = { STEWARD_ARTIFACTS_URI: '' }
const sample = 'models/abc_corp/claim/doc_classification'

function newcomer(): CommandLine {
  const line = new CommandLine()
  mkdirSync(line.repository.beside('home'))
  writeFileSync(line.repository.beside('home/.gitconfig'), '[user]\n  name = Alice\n  email = alice@example.com\n')
  return line
}

function textOf(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'utf8')
}

describe('steward init', () => {
  test('in a folder that is no repository makes one, says so, and what it wrote validates', async () => {
    await using line = newcomer()
    const folder = line.repository.beside('empty')
    const { code, out } = await line.run(['init', folder], own)
    expect(code).toBe(0)
    expect(out).toContain(`made a Git repository: ${folder} (branch main)\n`)
    expect(textOf(folder, '.git/HEAD')).toBe('ref: refs/heads/main\n')
    const { value } = await line.json(['validate', '--repo', folder])
    expect(value).toMatchObject({ counts: { units: 1, errors: 0 } })
    const codes = (value.diagnostics as { code: string }[]).map((diagnostic) => diagnostic.code)
    expect(codes.filter((each) => each !== 'ST1015')).toEqual([])
  })

  test('--json is the documented contract, and every path that it names is there', async () => {
    await using line = newcomer()
    const { code, out } = await line.run(['init', '--json'], own)
    const value = JSON.parse(out) as Record<string, unknown>
    expect(code).toBe(0)
    expect(Object.keys(value)).toEqual([
      'format',
      'git_initialised',
      'written',
      'kept',
      'archive',
      'no_sample',
      'diagnostics',
    ])
    expect(value).toMatchObject({ format: 'steward.init/v1', git_initialised: false, kept: [], no_sample: null })
    const written = value.written as string[]
    expect(written).toEqual(
      expect.arrayContaining([
        'models/_platform/settings.yaml',
        'models/_platform/roles.yaml',
        'models/_platform/runtimes/local.yaml',
        'models/_platform/lifecycles/standard.yaml',
        `${sample}/model.yaml`,
        `${sample}/versions/1.yaml`,
        `${sample}/deployments/dev.yaml`,
        '.vscode/settings.json',
        '.github/CODEOWNERS',
        '.github/workflows/steward.yml',
        '.pre-commit-config.yaml',
        '.gitignore',
      ]),
    )
    for (const path of written) expect(existsSync(join(line.repository.folder, path)), path).toBe(true)
    expect(line.repository.git('ls-files', '--others', '--exclude-standard').split('\n').sort()).toEqual(written.sort())
  })

  test('leaves a sample that the model host serves after commit and apply', async () => {
    await using line = newcomer()
    await line.run(['init'], own)
    line.repository.commit()
    const words = ['host', '--listen', '127.0.0.1:0', '--control', '127.0.0.1:0']
    const environment = { PATH: process.env.PATH, STEWARD_STATE_DIR: line.state }
    const host = spawn(join(checkout, 'bin/steward.mjs'), words, { env: environment, stdio: 'ignore' })
    try {
      const answering = join(line.state, 'host/host.json')
      const found = await until('the host', () => JSON.parse(readFileSync(answering, 'utf8')) as { gateway: string })
      const applied = await line.run(['apply', '--yes', '--wait'], own)
      expect(applied).toMatchObject({ code: 0 })
      const response = await fetch(`${found.gateway}/abc_corp/claim/doc_classification/dev`, {
        method: 'POST',
        body: JSON.stringify({ text: 'The doctor at the hospital made a diagnosis; invoice follows.' }),
      })
      expect(response.headers.get('x-model-version')).toBe('1')
      expect(await response.json()).toEqual({ label: 'medical_report', score: 0.75 })
    } finally {
      if (host.pid !== undefined) signal(host.pid, 'SIGTERM')
      await new Promise((resolve) => host.once('exit', resolve))
    }
  })

  test('changes no file that is there, and run again writes nothing', async () => {
    await using line = newcomer()
    line.repository.write('.github/CODEOWNERS', '* @mine\n')
    line.repository.write('models/_platform/settings.yaml', 'timezone: Europe/Zurich\n')
    const first = await line.run(['init'], own)
    expect(first.code).toBe(0)
    expect(first.out).toContain('kept .github/CODEOWNERS as it is\n')
    expect(textOf(line.repository.folder, '.github/CODEOWNERS')).toBe('* @mine\n')
    expect(textOf(line.repository.folder, 'models/_platform/settings.yaml')).toBe('timezone: Europe/Zurich\n')
    const commit = line.repository.commit()
    const again = await line.run(['init', '--json'], own)
    expect(JSON.parse(again.out)).toMatchObject({ written: [], archive: null })
    expect(line.repository.git('status', '--porcelain')).toBe('')
    expect(line.repository.git('rev-parse', 'HEAD')).toBe(commit)
  })

  test('in a clone puts the sample’s archive back, with the bytes that the version names', async () => {
    await using line = newcomer()
    await line.run(['init'], own)
    line.repository.commit()
    const elsewhere = line.folder('other-state')
    const { out } = await line.run(['init', '--json'], { ...own, STEWARD_STATE_DIR: elsewhere })
    const { archive, written } = JSON.parse(out) as { archive: string; written: string[] }
    expect(written).toEqual([])
    const key = 'artifacts/abc_corp/claim/doc_classification/versions/999999_000001.tar.gz'
    expect(archive).toBe(join(elsewhere, key))
    expect(readFileSync(archive)).toEqual(readFileSync(join(line.state, key)))
  })

  test('takes the sample’s name, the owner and the root from options', async () => {
    await using line = newcomer()
    const words = ['init', '--root', 'catalog/ml', '--namespace', 'acme', '--model', 'triage', '--owner', 'x@acme.test']
    expect(await line.run(words, own)).toMatchObject({ code: 0 })
    const model = parse(textOf(line.repository.folder, 'catalog/ml/acme/triage/model.yaml')) as { owner: string }
    expect(model.owner).toBe('x@acme.test')
    expect(await line.run(['validate', '--root', 'catalog/ml'])).toMatchObject({ code: 0 })
  })

  test('adds no sample to a catalog that has models', async () => {
    await using line = newcomer()
    line.withExample()
    const { code, out } = await line.run(['init', '--json', '--model', 'another'], own)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ archive: null, no_sample: 'the catalog has models already' })
    expect(readdirSync(join(line.repository.folder, 'models/abc_corp/claim'))).toEqual(['doc_classification'])
  })

  test('refuses with --no-git where there is no repository, and leaves the folder empty', async () => {
    await using line = newcomer()
    const folder = line.folder('empty')
    const { code, err } = await line.run(['init', folder, '--no-git'], own)
    expect(code).toBe(1)
    expect(err).toContain(`${folder} is no Git repository`)
    expect(readdirSync(folder)).toEqual([])
  })

  test('refuses inside another repository and names its top folder', async () => {
    await using line = newcomer()
    const inner = join(line.repository.folder, 'inner')
    const { code, err } = await line.run(['init', inner], own)
    expect(code).toBe(1)
    expect(err).toContain(`inside the Git repository ${line.repository.folder}`)
    expect(existsSync(inner)).toBe(false)
  })

  test.each([
    ['a folder where a file must be', (folder: string) => mkdirSync(join(folder, '.gitignore'))],
    ['a file where a folder must be', (folder: string) => writeFileSync(join(folder, 'models'), '')],
    ['a link to somewhere else', (folder: string) => symlinkSync('/tmp', join(folder, '.github'))],
  ])('writes nothing at all where there is %s', async (_what, obstruct) => {
    await using line = newcomer()
    const folder = line.folder('obstructed')
    obstruct(folder)
    const before = readdirSync(folder)
    const { code, err } = await line.run(['init', folder], own)
    expect(code).toBe(1)
    expect(err).toContain('is in the way')
    expect(readdirSync(folder)).toEqual(before)
  })

  test('adds no sample whose archive would have to replace another one, and says which', async () => {
    await using line = newcomer()
    // The artifact store of the example catalog has an archive of this very name.
    const { code, out } = await line.run(['init'])
    expect(code).toBe(0)
    expect(out).toMatch(/no sample: .*999999_000001\.tar\.gz is another archive/)
    expect(readdirSync(join(line.repository.folder, 'models'))).toEqual(['_platform', '_schemas'])
  })

  test('gives editors a schema for every document that has one', async () => {
    await using line = newcomer()
    const { folder } = line.repository
    await line.run(['init'], own)
    const documents = ['_platform/settings.yaml', '_platform/runtimes/local.yaml'].map((path) => `models/${path}`)
    for (const path of [
      ...documents,
      `${sample}/model.yaml`,
      `${sample}/versions/1.yaml`,
      `${sample}/deployments/dev.yaml`,
    ]) {
      const text = textOf(folder, path)
      const modeline = /^# yaml-language-server: \$schema=(.*)\n# \$schema: \1\n/.exec(text)?.[1] ?? 'none'
      const schema: unknown = JSON.parse(textOf(folder, join(path, '..', modeline)))
      expect(schema).toHaveProperty('$schema', 'http://json-schema.org/draft-07/schema#')
    }
    const settings = JSON.parse(textOf(folder, '.vscode/settings.json')) as Record<string, Record<string, string>>
    for (const schema of Object.keys(settings['yaml.schemas'] ?? {})) {
      expect(existsSync(join(folder, schema)), schema).toBe(true)
    }
  })

  test('pins the workflow’s actions to commits and gives it no more than reading', async () => {
    await using line = newcomer()
    await line.run(['init'], own)
    const text = textOf(line.repository.folder, '.github/workflows/steward.yml')
    const workflow = parse(text) as {
      permissions: object
      jobs: { validate: { steps: { uses?: string }[] } }
    }
    expect(workflow.permissions).toEqual({ contents: 'read' })
    const used = workflow.jobs.validate.steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]))
    expect(used.length).toBeGreaterThan(0)
    for (const each of used) expect(each).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/)
  })

  test('writes a workflow whose step validates, and fails where no Steward is named', async () => {
    await using line = newcomer()
    const { folder } = line.repository
    await line.run(['init'], own)
    const workflow = parse(textOf(folder, '.github/workflows/steward.yml')) as {
      jobs: { validate: { steps: { run?: string }[] } }
    }
    const script = workflow.jobs.validate.steps.find(({ run }) => run !== undefined)?.run ?? 'exit 99'
    const step = (steward: string) => {
      const env = { PATH: process.env.PATH, HOME: line.folder('home'), STEWARD: steward }
      return spawnSync('bash', ['-e', '-c', script], { cwd: folder, env, encoding: 'utf8' })
    }
    expect(step(checkout)).toMatchObject({ status: 0, stderr: '' })
    expect(step('')).toMatchObject({ status: 1, stderr: expect.stringContaining('devDependencies') })
    line.repository.write(`${sample}/deployments/dev.yaml`, 'model_version: 2\n')
    expect(step(checkout)).toMatchObject({ status: 1, stdout: expect.stringContaining('ST1201') })
  })

  test.each(['Abc', 'a/../b', 'a//b', 'a/b@1'])('exits 64 for the namespace %s', async (namespace) => {
    await using line = newcomer()
    expect(await line.run(['init', '--namespace', namespace], own)).toMatchObject({ code: 64 })
    expect(line.repository.git('status', '--porcelain')).toBe('')
  })
})
