import { describe, expect, test } from 'vitest'
import { catalog, MODEL, OTHER, pathIn } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'

const prod = pathIn(MODEL, 'deployments/prod.yaml')

const commandLine = (given = catalog()): CommandLine => new CommandLine().withCatalog(given)

describe('steward validate --format', () => {
  test('concise prints a line a problem', async () => {
    await using line = commandLine()
    line.repository.write(prod, 'model_version: 7\nmode: onlin\n')
    const { code, out } = await line.run(['validate', '--format', 'concise'])
    expect(code).toBe(1)
    expect(out).toBe(
      `${prod}:2:7: error ST1104 \`mode\` can not be onlin (The nearest is online. Allowed: online, batch.)\n` +
        '4 documents of 1 model: 1 error, 0 warnings.\n',
    )
  })

  test('github prints annotations that no document can break out of', async () => {
    await using line = commandLine()
    line.repository.write(prod, 'model_version: 1\n"x,y: 50%\\n::error::me": 1\n')
    const { code, out } = await line.run(['validate', '--format', 'github'])
    expect(code).toBe(1)
    expect(out.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(
          `^::error file=${prod},line=2,endLine=2,col=1,endColumn=\\d+,title=ST1101::unknown field .x,y: 50%25 ::error::me`,
        ),
      ),
    ])
  })

  test('github shows nine of a kind and how many more there are', async () => {
    await using line = commandLine()
    const fields = Array.from({ length: 15 }, (_, index) => `unknown${index}: 1\n`).join('')
    line.repository.write(prod, `model_version: 1\n${fields}`)
    const lines = (await line.run(['validate', '--format', 'github'])).out.trimEnd().split('\n')
    expect(lines).toHaveLength(10)
    expect(lines.at(-1)).toBe('::error::and 6 more: run `steward validate`')
  })
})

describe('a literal that looks like a secret', () => {
  const secret = `ghp_${'s3cr3t'.repeat(6)}`
  const text = `model_version: 1\nenvironment_variables: [{name: TOKEN, value: ${secret}, vlue: x}]\n`

  test.each(['pretty', 'concise', 'json', 'github'])('is refused, and not repeated in %s', async (format) => {
    await using line = commandLine()
    line.repository.write(prod, text)
    line.repository.commit()
    // All commands print diagnostics alike; those that open the tables, which takes seconds, in one format each.
    const other = { pretty: ['status'], json: ['apply', '--yes'] }[format] ?? ['plan']
    for (const words of [['validate'], other]) {
      const { out, err } = await line.run([...words, '--format', format])
      expect(`${out}${err}`).not.toContain('s3cr3t')
    }
    line.repository.write(prod, text.replace(', vlue: x', ''))
    const shown = await line.run(['show', MODEL.slice(1), '--worktree', '--format', format])
    expect(`${shown.out}${shown.err}`).not.toContain('s3cr3t')
    expect(shown.out).toContain('*******')
    const { code, out } = await line.run(['validate', '--format', format])
    expect(code).toBe(1)
    expect(out).toContain('ST1213')
    expect(out).toContain('secret_ref')
    expect(out).not.toContain('s3cr3t')
  })
})

describe('steward validate --changed-since', () => {
  const both = catalog().model(OTHER, 'owner: 1\n').version(OTHER, 1)

  test('tells what the change brings, and not what was wrong before', async () => {
    await using line = commandLine(both)
    line.repository.git('branch', 'before')
    expect((await line.run(['validate'])).code).toBe(1)
    expect((await line.run(['validate', '--changed-since', 'before'])).code).toBe(0)
    line.repository.write(prod, 'model_version: 9\n')
    line.repository.commit()
    const { code, value } = await line.json(['validate', '--changed-since', 'before'])
    expect(code).toBe(1)
    expect((value.diagnostics as { path: string }[]).map(({ path }) => path)).toEqual([prod])
  })

  test('tells what a change of _platform breaks elsewhere', async () => {
    await using line = commandLine()
    line.repository.git('branch', 'before')
    line.repository.write('models/_platform/runtimes/local.yaml', 'deployment_method: local host\nstages: [dev]\n')
    const { value } = await line.json(['validate', '--changed-since', 'before'])
    expect((value.diagnostics as { code: string; path: string }[]).map(({ code, path }) => `${code} ${path}`)).toEqual([
      `ST1203 ${prod}`,
    ])
  })

  test('compares with where the change began: a version that others registered meanwhile is theirs', async () => {
    await using line = commandLine()
    const version = pathIn(MODEL, 'versions/2.yaml')
    line.repository.git('checkout', '--quiet', '-b', 'ours')
    line.repository.write(version, 'description: ours\nserving: {command: [a]}\n')
    line.repository.commit('ours')
    line.repository.git('checkout', '--quiet', 'main')
    line.repository.write(version, 'description: theirs\nserving: {command: [b]}\n')
    line.repository.commit('theirs')
    line.repository.git('checkout', '--quiet', 'ours')
    const { out } = await line.run(['validate', '--changed-since', 'main', '--format', 'concise'])
    expect(out).toContain('ST1222 the number 2 was taken meanwhile')
    expect(out).toContain('versions/3.yaml')
  })

  test('of a revision that is not there says so', async () => {
    await using line = commandLine()
    const { code, err } = await line.run(['validate', '--changed-since', 'nowhere'])
    expect(code).toBe(1)
    expect(err).toContain('there is no revision nowhere')
  })
})
