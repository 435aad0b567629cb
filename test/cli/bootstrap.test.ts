import { describe, expect, test } from 'vitest'
import { catalog } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'
import { cloudFormationFacts } from '../provision/support/cloudformation-facts.ts'
import { terraformFacts } from '../provision/support/terraform-facts.ts'

const commandLine = (): CommandLine => new CommandLine().withCatalog(catalog())
const toTerraform = ['bootstrap', '--format', 'terraform']
const defaultsOf = (facts: ReturnType<typeof terraformFacts>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(facts.parameters).map(([name, each]) => [name, each.default]))
const subjectsOf = (facts: ReturnType<typeof terraformFacts>, role: string): unknown =>
  facts.trusts[role]?.Statement[0]?.Condition?.StringEquals?.['token.actions.githubusercontent.com:sub']

describe('steward bootstrap', () => {
  test('prints the same for both formats, with what was said as defaults', async () => {
    await using line = commandLine()
    const words = ['--repository', 'octo-org/models', '--owner-id', '123456', '--repository-id', '456789']
    const more = ['--bucket', 'octo-models', '--branch', 'trunk', '--environment', 'prod', '--environment', 'eu:prod']
    const terraform = await line.run([...toTerraform, ...words, ...more])
    const cloudFormation = await line.run(['bootstrap', '--format', 'cloudformation', ...words, ...more])
    for (const { code, err } of [terraform, cloudFormation]) expect({ code, err }).toEqual({ code: 0, err: '' })
    const facts = terraformFacts(terraform.out)
    expect(cloudFormationFacts(cloudFormation.out)).toEqual(facts)
    expect(defaultsOf(facts)).toEqual({
      tableprefix: '',
      artifactbucketname: 'octo-models',
      githubowner: 'octo-org',
      githubownerid: '123456',
      githubrepository: 'models',
      githubrepositoryid: '456789',
      githuboidcproviderarn: '',
    })
    expect(subjectsOf(facts, 'apply')).toHaveLength(6)
    expect(JSON.stringify(subjectsOf(facts, 'apply'))).toContain(':environment:eu%3Aprod"')
  })

  test('takes prefix and bucket from the settings', async () => {
    await using line = commandLine()
    const settings = 'tables: { backend: dynamodb, prefix: ml- }\nartifacts: { uri: s3://octo-artifacts/ml }\n'
    line.repository.write('models/_platform/settings.yaml', settings)
    const { out } = await line.run(toTerraform, { STEWARD_ARTIFACTS_URI: '' })
    expect(defaultsOf(terraformFacts(out))).toMatchObject({ tableprefix: 'ml-', artifactbucketname: 'octo-artifacts' })
  })

  test('trusts main; an environment in place of it, unless both are named', async () => {
    await using line = commandLine()
    const applySubjects = async (...words: readonly string[]): Promise<string> =>
      JSON.stringify(subjectsOf(terraformFacts((await line.run([...toTerraform, ...words])).out), 'apply'))
    expect(await applySubjects()).toMatch(/:ref:refs\/heads\/main"\]$/)
    const environment = await applySubjects('--environment', 'prod')
    expect(environment).toContain(':environment:prod"')
    expect(environment).not.toContain('refs/heads')
  })

  test('works where there is no repository yet', async () => {
    await using line = commandLine()
    const { code, out } = await line.run([...toTerraform, '--repo', line.folder('elsewhere')])
    expect(code).toBe(0)
    expect(defaultsOf(terraformFacts(out))).toMatchObject({ tableprefix: '', githubowner: undefined })
  })

  test.each([
    [[], 'bootstrap needs a format', '--format terraform or --format cloudformation'],
    [['--json'], 'bootstrap needs a format', '--format terraform or --format cloudformation'],
    [['--format', 'cdk'], 'unknown format cdk', 'cloudformation, terraform'],
    [['--format', 'terraform', '--repository', 'models'], '--repository can not be "models"', 'Write OWNER/NAME'],
    [['--format', 'terraform', '--repository', 'a/b*'], '--repository can not be "b*"', 'GitHub repository'],
    [['--format', 'terraform', '--owner-id', 'octo'], '--owner-id can not be "octo"', 'digits only'],
    [['--format', 'terraform', '--branch', '*'], '--branch can not be "*"', 'Write a branch'],
    [['--format', 'terraform', '--branch', 'refs/heads/main'], '--branch can not be', 'without refs/heads/'],
    [['--format', 'terraform', '--environment', 'p*'], '--environment can not be "p*"', 'GitHub environment'],
    [['--format', 'terraform', '--bucket', 'A'], '--bucket can not be "A"', 'lower-case'],
    [['--format', 'terraform', '--oidc-provider', 'github'], '--oidc-provider can not be "github"', 'Write the ARN'],
  ])('%s is a usage error that says what to write', async (words, message, help) => {
    await using line = commandLine()
    const { code, out, err } = await line.run(['bootstrap', ...words])
    expect({ code, out }).toEqual({ code: 64, out: '' })
    expect(err).toContain(`error: ${message}`)
    expect(err).toContain(help)
  })

  test('says in its help what to do next', async () => {
    await using line = commandLine()
    const { code, out } = await line.run(['bootstrap', '--help'])
    expect(code).toBe(0)
    expect(out).toContain('steward bootstrap --format terraform > ')
    expect(out).toContain('gh api repos/OWNER/NAME --jq .owner.id')
  })
})
