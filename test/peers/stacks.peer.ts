import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalog } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'
import { startMoto, type MotoServer } from './moto.ts'
import { pythonTools, type PythonTools } from './python.ts'
import { jsonOf } from './run-tool.ts'

const found = pythonTools()
const tools: PythonTools | null = typeof found === 'string' ? null : found
if (typeof found === 'string') console.log(`SKIPPED: moto and boto3 can not be had here: ${found}`)

/**
 * Creates a stack and tells what it made. CloudFormation of moto 5.2.5 makes no OIDC provider and no bucket policy, and
 * passes over a bucket's versioning, a table's encryption and its point-in-time recovery: those are checked in the
 * template only.
 */
const createStack = `
import boto3, json, sys
endpoint, template, parameters = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
client = lambda service: boto3.client(service, endpoint_url=endpoint)
stacks = client("cloudformation")
stacks.create_stack(StackName="steward", TemplateBody=open(template).read(), Capabilities=["CAPABILITY_IAM"],
                    Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()])
stack = stacks.describe_stacks(StackName="steward")["Stacks"][0]
resources = stacks.describe_stack_resources(StackName="steward")["StackResources"]
ids = {resource.get("LogicalResourceId"): resource.get("PhysicalResourceId") for resource in resources}
of = lambda kind: [resource.get("PhysicalResourceId") for resource in resources if resource.get("ResourceType") == kind]
tables = {}
for name in of("AWS::DynamoDB::Table"):
    table = client("dynamodb").describe_table(TableName=name)["Table"]
    tables[name] = [table["DeletionProtectionEnabled"], table["BillingModeSummary"]["BillingMode"]]
roles = {name: client("iam").get_role(RoleName=ids[name + "Role"])["Role"]["AssumeRolePolicyDocument"]
         for name in ("Plan", "Apply") if name + "Role" in ids}
buckets = {name: client("s3").get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
           ["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for name in of("AWS::S3::Bucket")}
print(json.dumps({"status": stack["StackStatus"], "tables": tables, "roles": roles, "buckets": buckets,
                  "outputs": {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}}))
`

interface Stack {
  readonly status: string
  readonly tables: Record<string, unknown[]>
  readonly roles: Record<string, { Statement: { Principal: unknown; Condition: unknown }[] }>
  readonly buckets: Record<string, string>
  readonly outputs: Record<string, string>
}

const bases = ['model-catalog', 'model-registry', 'model-deployment', 'model-stage-governance', 'steward-control']
const protectedTables = (prefix: string): object =>
  Object.fromEntries(bases.map((base) => [`${prefix}${base}`, [true, 'PAY_PER_REQUEST']]))

describe.skipIf(tools === null)('a stack of a printed template', () => {
  let moto: MotoServer
  let line: CommandLine

  beforeAll(async () => {
    line = new CommandLine().withCatalog(catalog())
  })
  afterAll(() => line[Symbol.asyncDispose]())

  /** The template in an AWS of its own. */
  const stackOf = async (words: readonly string[], parameters: Record<string, string>): Promise<Stack> => {
    const { code, out } = await line.run([...words, '--format', 'cloudformation'])
    expect(code).toBe(0)
    const file = join(line.folder('stacks'), 'template.yaml')
    writeFileSync(file, out)
    return jsonOf(tools?.python ?? '', ['-c', createStack, moto.endpoint, file, JSON.stringify(parameters)])
  }
  const describeTables = (prefix: string): ReturnType<CommandLine['run']> =>
    line.run(['tables', 'describe', '--json'], {
      STEWARD_DYNAMODB_ENDPOINT: moto.endpoint,
      STEWARD_TABLE_PREFIX: prefix,
    })
  const present = (prefix: string): object => ({
    format: 'steward.tables/v1',
    tables: bases.map((base) => ({ table: `${prefix}${base}`, state: 'present', active: true, differences: [] })),
  })
  const inMoto = async (check: () => Promise<void>): Promise<void> => {
    if (tools === null) return
    moto = await startMoto(tools)
    try {
      await check()
    } finally {
      await moto.close()
    }
  }

  it('of the tables has the tables as `tables describe` wants them', () =>
    inMoto(async () => {
      expect((await describeTables('ml-')).code).toBe(1)
      const stack = await stackOf(['tables', 'describe'], { TablePrefix: 'ml-' })
      expect(stack).toMatchObject({ status: 'CREATE_COMPLETE', roles: {}, buckets: {} })
      expect(stack.tables).toEqual(protectedTables('ml-'))
      const { code, out } = await describeTables('ml-')
      expect(JSON.parse(out)).toEqual(present('ml-'))
      expect(code).toBe(0)
    }))

  it('of an account has tables, bucket, and roles that trust both forms of the subject', () =>
    inMoto(async () => {
      const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com'
      const repository = ['--repository', 'octo-org/models', '--owner-id', '123456', '--repository-id', '456789']
      const words = [...repository, '--bucket', 'octo-models', '--environment', 'prod', '--oidc-provider', provider]
      const stack = await stackOf(['bootstrap', ...words], {})
      expect(stack.status).toBe('CREATE_COMPLETE')
      expect(stack.tables).toEqual(protectedTables(''))
      expect(stack.buckets).toEqual({ 'octo-models': 'AES256' })
      expect(stack.roles.Plan?.Statement[0]).toMatchObject(trust(provider, 'pull_request'))
      expect(stack.roles.Apply?.Statement[0]).toMatchObject(trust(provider, 'environment:prod'))
      expect(stack.outputs).toEqual({
        PlanRoleArn: expect.stringMatching(/^arn:aws:iam::\d{12}:role\//),
        ApplyRoleArn: expect.stringMatching(/^arn:aws:iam::\d{12}:role\//),
        DaemonPolicyArn: expect.stringMatching(/^arn:aws:iam::\d{12}:policy\//),
        ArtifactBucketName: 'octo-models',
        GitHubOidcProviderArn: provider,
      })
      expect(JSON.parse((await describeTables('')).out)).toEqual(present(''))
    }))
})

function trust(provider: string, context: string): object {
  return {
    Principal: { Federated: provider },
    Condition: {
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': [
          `repo:octo-org/models:${context}`,
          `repo:octo-org@123456/models@456789:${context}`,
        ],
      },
    },
  }
}
