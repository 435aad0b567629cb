import { execFile, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CommandLine } from '../support/catalog-cli.ts'

const steward = join(import.meta.dirname, '../../bin/steward.mjs')
const docs = 'abc_corp/claim/doc_classification'
const costs = 'abc_corp/pricing/vehicle_repair_cost'

const installed = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0

/** Runs a script of a shell in the repository; `steward` is the command line of this checkout. */
function runIn(line: CommandLine, shell: string, script: string): Promise<string> {
  const env = { PATH: process.env.PATH ?? '', HOME: line.folder('home') }
  return new Promise((resolve, reject) => {
    execFile(shell, ['-c', script], { cwd: line.repository.folder, env, encoding: 'utf8' }, (error, out, err) => {
      if (error !== null || err !== '') reject(new Error(`${shell}: ${err} ${error?.message ?? ''}`))
      else resolve(out)
    })
  })
}

/** What Bash gets for these words, the last being the one at the cursor. */
async function bash(line: CommandLine, ...words: readonly string[]): Promise<string[]> {
  const script = [
    `steward() { "${steward}" "$@"; }`,
    'source <(steward completion bash)',
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})`,
    'COMP_CWORD=$((${#COMP_WORDS[@]} - 1))',
    'complete -p steward >/dev/null && _steward',
    'for reply in "${COMPREPLY[@]}"; do echo "$reply"; done',
  ]
  const out = await runIn(line, 'bash', script.join('\n'))
  return out.split('\n').filter((reply) => reply !== '')
}

describe('steward completion', () => {
  test.each([
    ['commands', ['st'], ['status', 'store']],
    ['second words of a group', ['new', ''], ['model', 'version', 'deployment']],
    ['options of the command', ['apply', '--allow'], ['--allow-deletes']],
    ['no flag twice', ['apply', '--yes', '--y'], []],
    ['options of every command', ['plan', '--workt'], ['--worktree']],
    ['models of the work tree', ['status', 'abc_corp/c'], [docs]],
    ['models with a slash before', ['history', '/abc_corp/'], [`/${docs}`, `/${costs}`]],
    ['models after an option of every command', ['--root', 'models', 'status', 'abc_corp/p'], [costs]],
    ['no models of another root', ['--root', 'docs', 'status', ''], []],
    ['stages', ['status', '--stage', 'p'], ['prod']],
    ['stages after an equals sign, where Bash splits', ['status', '--stage', '=', 'p'], ['prod']],
    ['stages right after an equals sign', ['status', '--stage', '='], ['dev', 'prod']],
    ['versions of the named model', ['new', 'deployment', docs, 'prod', '--version', ''], ['3', '2', '1']],
    ['runtimes', ['new', 'deployment', docs, 'prod', '--runtime', ''], ['local']],
    ['branches', ['plan', '--rev', 'ma'], ['main']],
    ['shells', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['formats', ['plan', '--format', ''], ['pretty', 'concise', 'json', 'github']],
    ['files', ['plan', '--out', 'pl'], ['plan.json']],
    ['folders', ['init', 'mo'], ['models']],
    ['nothing after a command that there is not', ['nothing', ''], []],
  ])('gives Bash %s: %j', async (_what, words, replies) => {
    await using line = new CommandLine().withExample()
    line.repository.write('plan.json', '{}')
    expect(await bash(line, 'steward', ...words)).toEqual(replies)
  })

  test('needs no document to be valid, and writes nothing', async () => {
    await using line = new CommandLine().withExample()
    line.repository.write(`models/${docs}/model.yaml`, ': broken')
    line.repository.write('models/_platform/settings.yaml', '')
    line.repository.commit()
    expect(await bash(line, 'steward', 'status', 'abc_corp/claim/')).toEqual([docs])
    expect(line.repository.git('status', '--porcelain', '--ignored')).toBe('')
  })

  test('finds the repository from a folder within it', async () => {
    await using line = new CommandLine().withExample()
    const { code, out } = await line.run(['__complete', '--repo', 'models/abc_corp', 'status', 'abc_corp/p'])
    expect({ code, out }).toEqual({ code: 0, out: `${costs}\t\n` })
  })

  test('outside of a repository completes commands and has no models', async () => {
    await using line = new CommandLine()
    const folder = line.folder('nowhere')
    expect(await line.run(['__complete', 'status', ''], { STEWARD_REPO: folder })).toMatchObject({ code: 0, out: '' })
    expect((await line.run(['__complete', 'vers'], { STEWARD_REPO: folder })).out).toMatch(/^version\t/)
  })

  test('is no command of its own in the help', async () => {
    await using line = new CommandLine()
    expect((await line.run(['--help'])).out).not.toContain('__complete')
  })

  test('exits 64 for a shell that it does not know, and names those that it does', async () => {
    await using line = new CommandLine()
    const { code, err } = await line.run(['completion', 'tcsh'])
    expect(code).toBe(64)
    expect(err).toContain('bash, zsh, fish')
  })

  test.skipIf(!installed('zsh'))('for zsh is a script that zsh can read (skipped without zsh)', async () => {
    await using line = new CommandLine()
    const file = join(line.folder('zsh'), '_steward')
    writeFileSync(file, (await line.run(['completion', 'zsh'])).out)
    expect(spawnSync('zsh', ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })

  test.skipIf(!installed('fish'))('for fish gives models and commands (skipped without fish)', async () => {
    await using line = new CommandLine().withExample()
    const script = `function steward; "${steward}" $argv; end; steward completion fish | source; `
    const ask = (text: string): Promise<string> => runIn(line, 'fish', `${script} complete -C "${text}"`)
    expect(await ask('steward status abc_corp/c')).toBe(`${docs}\n`)
    expect((await ask('steward st')).split('\n').map((reply) => reply.split('\t')[0])).toEqual(['status', 'store', ''])
  })
})
