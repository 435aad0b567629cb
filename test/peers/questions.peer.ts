import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Workspace, checkout } from '../support/workspace.ts'
import { pythonTools } from './python.ts'

const tools = pythonTools()
if (typeof tools === 'string') console.log(`SKIPPED: boto3 and the AWS command line can not be had here: ${tools}`)

const [, text = ''] = readFileSync(join(checkout, 'docs/tables.md'), 'utf8').split('## Questions, from other clients')
const [beginning = '', ...sections] = text.split('\n### ')
const block = (section: string, language: string): string =>
  new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(section)?.[1] ?? ''
const questions = sections.map((section) => ({
  question: section.split('\n')[0] ?? '',
  python: block(section, 'python'),
  shell: block(section, 'sh'),
}))

/** A word of the answer; '' where it is empty. */
const answers: Readonly<Record<string, string>> = {
  'What is in the catalog about a model?': 'claim-intake',
  'Which models does somebody own?': 'doc_classification',
  'Which versions does a model have?': 'registered',
  'Which versions come from a repository?': 'model_version',
  'What serves in a stage now?': 'vehicle_repair_cost',
  'What served in a stage at a moment?': 'vehicle_repair_cost',
  'What served of a model, from which commit, and who approved it?': 'alice@example.com',
  'Which endpoint serves a service tag in a stage?': '/abc_corp/claim/doc_classification/prod',
  'Who changed what of a model?': 'deployment.live',
  'How does a model stand?': 'Synced',
  'To which commit were the tables brought?': 'last_applied_revision',
  'Which versions were approved for a stage, or wait for it?': '',
}

describe.skipIf(typeof tools === 'string')('the examples of docs/tables.md', () => {
  let space: Workspace
  let environment: NodeJS.ProcessEnv

  beforeAll(async () => {
    if (typeof tools === 'string') return
    space = new Workspace()
    await space.host()
    const { code, err } = await space.run('apply', '--yes', '--wait')
    expect(code, err).toBe(0)
    environment = {
      PATH: [dirname(tools.aws), process.env.PATH].join(delimiter),
      AWS_ENDPOINT_URL_DYNAMODB: JSON.parse(readFileSync(join(space.state, 'store.json'), 'utf8')).endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_DEFAULT_REGION: 'us-east-1',
      MOMENT: new Date().toISOString(),
    }
  })
  afterAll(() => space.close())

  async function run(program: string, ...words: string[]): Promise<string> {
    const child = spawn(program, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code, err).toBe(0)
    return out
  }

  it('are one for each question', () => {
    expect(questions.map(({ question }) => question)).toEqual(Object.keys(answers))
  })

  it.each(questions)('$question', async ({ question, python, shell }) => {
    if (typeof tools === 'string') return
    const answer = answers[question] ?? 'no such question'
    const program = `${block(beginning, 'python')}\n${python}\nprint(answer)\n`
    const fromPython = (await run(tools.python, '-c', program)).trim()
    const fromShell = await run('sh', '-ec', shell)
    if (answer === '') {
      expect(fromPython).toBe('[]')
      expect(fromShell).not.toContain('"Items": [\n        {')
    } else {
      expect(fromPython).toContain(answer)
      expect(fromShell).toContain(answer)
    }
  })
})
