import { join } from 'node:path'
import { mkdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { catalog, MODEL, pathIn } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'

const prod = pathIn(MODEL, 'deployments/prod.yaml')

const commandLine = (given = catalog()): CommandLine => new CommandLine().withCatalog(given)

describe('steward validate', () => {
  test('of a good catalog says so and exits 0, with nothing written anywhere', async () => {
    await using line = commandLine()
    expect(await line.run(['validate'])).toEqual({ code: 0, out: '4 documents of 1 model: all valid.\n', err: '' })
    expect(line.repository.git('status', '--porcelain', '--ignored')).toBe('')
  })

  test('exits 1 on an error and frames its line like a compiler', async () => {
    await using line = commandLine()
    line.repository.write(prod, '# the intent\r\nmodel_version: 1\r\nrolling_strategy:\troling\r\n')
    const { code, out, err } = await line.run(['validate'])
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(out.split('\n')).toEqual([
      'error[ST1104]: `rolling_strategy` can not be roling',
      ` --> ${prod}:3:19`,
      '  |',
      '3 | rolling_strategy:\troling',
      `  | ${' '.repeat(17)}\t^^^^^^`,
      expect.stringMatching(/^ {2}= help: The nearest is rolling\. Allowed: /),
      '',
      '4 documents of 1 model: 1 error, 0 warnings.',
      '',
    ])
  })

  test('exits 0 on warnings alone', async () => {
    await using line = commandLine(catalog().model(MODEL, 'deployment_defaults: {capture: {percent: 5}}\n'))
    const { code, out } = await line.run(['validate'])
    expect(code).toBe(0)
    expect(out).toContain('warning[ST1211]')
    expect(out).toContain('0 errors, 1 warning.')
  })

  test('--json is the documented contract', async () => {
    await using line = commandLine(catalog().deployment(MODEL, 'prod', 'model_version: 1\nbad: 1\ncapture: {}\n'))
    const { code, value } = await line.json(['validate', '--rev', 'HEAD'])
    expect(code).toBe(1)
    expect(Object.keys(value)).toEqual(['format', 'revision', 'counts', 'diagnostics'])
    expect(value).toEqual({
      format: 'steward.validate/v1',
      revision: `main@sha1:${line.repository.git('rev-parse', 'HEAD')}`,
      counts: { documents: 4, units: 1, errors: 1, warnings: 0 },
      diagnostics: [
        {
          code: 'ST1101',
          severity: 'error',
          summary: 'unknown field `bad`',
          help: expect.stringContaining('Known fields: ') as string,
          path: prod,
          range: { start: { line: 2, column: 1 }, end: { line: 2, column: 4 } },
          pointer: '/bad',
          related: [],
        },
      ],
    })
  })

  test('reads the work tree by default, untracked files that are not ignored included', async () => {
    await using line = commandLine()
    line.repository.write('.gitignore', '/models/abc/claim/docs/versions/9.yaml\n')
    line.repository.write(pathIn(MODEL, 'versions/9.yaml'), 'bad: 1\n')
    line.repository.write(pathIn(MODEL, 'versions/2.yaml'), 'bad: 1\n')
    const { code, value } = await line.json(['validate'])
    expect(code).toBe(1)
    expect(value).toMatchObject({
      revision: expect.stringMatching(/^worktree@sha256:[0-9a-f]{64}$/) as string,
      counts: { documents: 5, errors: 1 },
      diagnostics: [{ path: pathIn(MODEL, 'versions/2.yaml') }],
    })
    expect((await line.run(['validate', '--rev', 'HEAD'])).code).toBe(0)
  })

  test('works from a folder below, and with paths relative to the repository', async () => {
    await using line = commandLine(catalog().model(MODEL, 'owner: 1\n'))
    const below = join(line.repository.folder, 'models/abc')
    const { out } = await line.run(['validate', '--repo', below])
    expect(out).toContain(` --> ${pathIn(MODEL, 'model.yaml')}:1:8`)
  })

  test('the whole example catalog of this checkout is valid', async () => {
    await using line = new CommandLine().withExample()
    expect((await line.run(['validate', '--rev', 'main'])).code).toBe(0)
  })

  test('what stands in a document steers no terminal', async () => {
    await using line = commandLine()
    line.repository.write(prod, 'model_version: 1\nmode: "\\e[31m\\a\u202Ered"\n')
    const { out } = await line.run(['validate'])
    expect(out.match(/(?!\n)[\p{Cc}\u202e]/gu)).toBeNull()
    expect(out).toContain('\\u202e')
  })
})

describe('a command line that is wrong exits 64 and says what is near', () => {
  test.each([
    [['validate', '--wortree'], 'The nearest option is --worktree.'],
    [['validate', '--jso'], 'The nearest option is --json.'],
    [['valdate'], 'The nearest is `steward validate`.'],
    [['plan', '--detailed-exit-code'], 'The nearest option is --detailed-exitcode.'],
    [['validate', 'now'], 'does not take "now"'],
    [['validate', '--rev'], 'rev'],
    [['validate', '--rev', 'main', '--worktree'], 'exclude each other'],
    [['validate', '--root', '../x'], 'no folder of the repository'],
    [['validate', '--format', 'xml'], 'Use pretty, concise, json, github.'],
  ])('steward %j', async (words, hint) => {
    await using line = commandLine()
    const { code, out, err } = await line.run(words)
    expect({ code, out }).toEqual({ code: 64, out: '' })
    expect(err).toContain(hint)
    expect(err).not.toContain('    at ')
  })
})

describe('what can not be read exits 1 with a hint, and is no mistake of steward’s', () => {
  test.each([
    [['validate', '--rev', 'nowhere'], 'there is no revision nowhere'],
    [['validate', '--root', 'elsewhere'], 'Name the catalog’s folder with --root'],
    [['validate', '--repo', '/'], 'is in no Git repository'],
    [['validate', '--repo', 'no-such-folder'], 'there is no folder'],
  ])('steward %j', async (words, text) => {
    await using line = commandLine()
    const { code, out, err } = await line.run(words)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(text)
    expect(err).toContain('help: ')
    expect(err).not.toContain('mistake of steward')
  })

  test('a bare repository has no work tree, but revisions', async () => {
    await using line = commandLine()
    const bare = line.repository.beside('bare.git')
    line.repository.git('clone', '--quiet', '--bare', line.repository.folder, bare)
    const { code, err } = await line.run(['validate', '--repo', bare])
    expect(code).toBe(1)
    expect(err).toContain('Name a revision with --rev.')
    expect((await line.run(['validate', '--repo', bare, '--rev', 'main'])).code).toBe(0)
  })
})

test('an unknown STEWARD_ variable is a warning with the nearest name; those of a Kubernetes Service are not', async () => {
  await using line = commandLine()
  mkdirSync(line.repository.beside('home'), { recursive: true })
  const { code, out, err } = await line.run(['validate'], {
    STEWARD_ROOTS: 'models',
    STEWARD_SERVICE_HOST: '10.0.0.1',
    STEWARD_PORT_8080_TCP_ADDR: '10.0.0.1',
  })
  expect(code).toBe(0)
  expect(out).toBe('4 documents of 1 model: all valid.\n')
  expect(err.trim()).toBe('warning: unknown environment variable STEWARD_ROOTS; the nearest known name is STEWARD_ROOT')
})
