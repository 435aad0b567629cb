import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { IDENTITY_POLICIES } from '../../src/provision/policies.ts'

const source = join(import.meta.dirname, '../../src')
/** S3's actions are not named like its requests (AWS, "Required permissions for Amazon S3 API operations"). */
const s3Actions: Readonly<Record<string, readonly string[]>> = {
  HeadObject: ['s3:GetObject'],
  HeadBucket: ['s3:ListBucket'],
  ListObjectsV2: ['s3:ListBucket'],
  CopyObject: ['s3:GetObject', 's3:PutObject'],
  CreateMultipartUpload: ['s3:PutObject'],
  UploadPart: ['s3:PutObject'],
  CompleteMultipartUpload: ['s3:PutObject'],
  DeleteObjects: ['s3:DeleteObject'],
}
const allowed = new Set(
  Object.values(IDENTITY_POLICIES).flatMap(({ document }) => document.Statement.flatMap(({ Action }) => Action)),
)

/** What a file of ours asks of AWS: the commands that it names, of the one service whose SDK it imports. */
function actionsIn(text: string): readonly string[] {
  const services = [...new Set([...text.matchAll(/@aws-sdk\/client-([a-z0-9-]+)/g)].map(([, service = '']) => service))]
  const commands = [...new Set([...text.matchAll(/\b([A-Z]\w+)Command\b(?!\w)/g)].map(([, command = '']) => command))]
  // The SDK of the tables is handed on as `sdk`.
  if (services.length === 0 && /\bsdk\.[A-Z]\w+Command\b/.test(text)) services.push('dynamodb')
  if (commands.length > 0 && services.length > 1) throw new Error('a file that uses two services: split it')
  return services.flatMap((service) =>
    commands.flatMap((command) => (service === 's3' && s3Actions[command]) || [`${service}:${command}`]),
  )
}

const used = globSync('**/*.ts', { cwd: source }).flatMap((file) =>
  actionsIn(readFileSync(join(source, file), 'utf8')).map((action) => [action, file] as const),
)

describe('what the product asks of AWS', () => {
  test('is found in its source', () => {
    const found = new Set(used.map(([action]) => action))
    for (const action of ['GetItem', 'PutItem', 'Query', 'Scan', 'CreateTable', 'DescribeTable']) {
      expect(found).toContain(`dynamodb:${action}`)
    }
  })

  test.each(used)('%s (%s) is in a policy', (action) => {
    expect(allowed).toContain(action)
  })

  test.each([
    ["import '@aws-sdk/client-dynamodb'; new sdk.DeleteItemCommand({})", ['dynamodb:DeleteItem']],
    ["import '@aws-sdk/client-s3'; send(new HeadObjectCommand(input))", ['s3:GetObject']],
    ["import '@aws-sdk/client-s3'; new DeleteObjectsCommand({})", ['s3:DeleteObject']],
    ["import '@aws-sdk/client-dynamodb'; type A = CreateTableCommandInput", []],
    ['client.send(new sdk.DescribeContinuousBackupsCommand({}))', ['dynamodb:DescribeContinuousBackups']],
    ["import type { Command } from './command.ts'; storeCommand()", []],
  ])('is recognised in %s', (text, actions) => {
    expect(actionsIn(text)).toEqual(actions)
  })

  test('a command that no policy allows would be seen', () => {
    expect(allowed).not.toContain('dynamodb:DeleteItem')
    expect(allowed).not.toContain('dynamodb:DeleteTable')
  })
})
