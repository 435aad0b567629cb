import { chmod, utimes, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { App } from '../../../src/app/app.ts'
import type { Check } from '../../../src/app/doctor/check.ts'
import { diagnose } from '../../../src/app/doctor/doctor.ts'
import { readEnvironment } from '../../../src/app/environment.ts'
import { TABLE_DEFINITIONS } from '../../../src/recorded/table-definitions.ts'
import { embeddedClientSettings } from '../../../src/store/client-settings.ts'
import { systemClock, systemIds, systemRandomness } from '../../../src/system/clock.ts'
import { livenessOf, ownIdentity } from '../../../src/system/processes.ts'
import { catalog } from '../../support/catalog-builder.ts'
import { CommandLine } from '../../support/catalog-cli.ts'
import { bentProxy, type BentProxy } from './support/bent-proxy.ts'

let line: CommandLine
let proxy: BentProxy

const storeFile = (): { endpoint: string; pid: number } =>
  JSON.parse(readFileSync(join(line.state, 'store.json'), 'utf8')) as { endpoint: string; pid: number }

/** What the doctor says of the tables behind the proxy, by the name of the check. */
async function looked(
  variables: Readonly<Record<string, string>> = {},
  repo = line.repository.folder,
): Promise<ReadonlyMap<string, Check>> {
  const { environment } = readEnvironment({
    ...variables,
    STEWARD_DYNAMODB_ENDPOINT: variables.STEWARD_DYNAMODB_ENDPOINT ?? proxy.url,
  })
  const app = new App({
    ...{ repo, root: 'models', stateDir: line.state, environment },
    ...{ clock: systemClock, ids: systemIds, randomness: systemRandomness },
    ...{ identity: ownIdentity(), livenessOf, storeCommand: () => [] },
  })
  try {
    const { checks } = await diagnose(app, {
      revision: { kind: 'git', revision: 'HEAD' },
      version: '0.0.0',
      signal: new AbortController().signal,
    })
    return new Map(checks.map((check) => [check.name, check]))
  } finally {
    await app.close()
  }
}

const levelsOf = (checks: Iterable<Check>): Readonly<Record<string, string>> =>
  Object.fromEntries([...checks].map(({ name, level }) => [name, level]))

const healthy = {
  ...{ node: 'ok', git: 'ok', repository: 'ok', settings: 'ok', 'state folder': 'ok', backend: 'ok' },
  ...{ credentials: 'ok', endpoint: 'ok', clock: 'ok' },
  ...{ tables: 'ok', permissions: 'ok', lease: 'ok', checkpoint: 'ok' },
  github: 'skipped',
}

beforeAll(async () => {
  line = new CommandLine().withCatalog(catalog().settings({ timezone: 'Europe/Berlin' }))
})

afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await line[Symbol.asyncDispose]()
})

describe('steward doctor, with embedded tables', () => {
  test('starts them and finds everything as it should be', async () => {
    const { code, value } = await line.json(['doctor'])
    const checks = value.checks as readonly Check[]
    expect(value.format).toBe('steward.doctor/v1')
    expect(levelsOf(checks)).toEqual({ ...healthy, store: 'ok' })
    expect(code).toBe(0)
  })

  test('tells that the store was killed before, also when it serves again already', async () => {
    const { pid } = storeFile()
    process.kill(pid, 'SIGKILL')
    const { code, out } = await line.run(['doctor'])
    expect(code).toBe(0)
    expect(out).toMatch(/^warning {2}store +it ended uncleanly the last time; its indexes/m)
    expect(out).toMatch(/^13 ok, 1 warning, 1 skipped$/m)
    const again = await looked({ STEWARD_DYNAMODB_ENDPOINT: '' })
    expect(levelsOf(again.values())).toEqual({ ...healthy, store: 'warning' })
    proxy = await bentProxy(storeFile().endpoint)
  })
})

describe('the doctor, with an endpoint of the environment', () => {
  beforeEach(() => {
    proxy.bend = {}
    proxy.asked.length = 0
  })

  test('finds nothing, and writes nothing, where all is well', async () => {
    expect(levelsOf((await looked()).values())).toEqual(healthy)
    const known = [
      'DescribeTable',
      'GetItem',
      'Query',
      'Scan',
      'PutItem',
      'DescribeContinuousBackups',
      'BatchGetItem',
      'UpdateItem',
    ]
    expect(proxy.asked.filter((asked) => !known.includes(asked.split(' ')[0] ?? ''))).toEqual([])
    const client = new DynamoDBClient(embeddedClientSettings(storeFile().endpoint))
    for (const { base } of TABLE_DEFINITIONS) {
      expect((await client.send(new ScanCommand({ TableName: base }))).Items).toEqual([])
    }
    client.destroy()
  })

  test('names the write that is refused on one table', async () => {
    proxy.bend = {
      refuse: (operation, table) =>
        operation === 'PutItem' && table === 'model-registry' ? 'AccessDeniedException' : null,
    }
    const found = await looked()
    expect(found.get('permissions')).toMatchObject({
      level: 'problem',
      message: 'refused: PutItem on model-registry',
      help: expect.stringContaining('deploy/iam/apply.json'),
    })
    expect(levelsOf(found.values())).toEqual({ ...healthy, permissions: 'problem' })
  })

  test('goes on where tables may not be described', async () => {
    proxy.bend = { refuse: (operation) => (operation === 'DescribeTable' ? 'AccessDeniedException' : null) }
    const found = await looked()
    expect(levelsOf(found.values())).toEqual({ ...healthy, tables: 'warning' })
  })

  test.each([
    ['UnrecognizedClientException', /refuses the credentials/],
    ['NoSuchThingException', /does not answer as DynamoDB does: NoSuchThingException/],
  ])('says what %s means', async (type, message) => {
    proxy.bend = { refuse: () => type }
    const found = await looked()
    expect(found.get('endpoint')).toMatchObject({ level: 'problem', message: expect.stringMatching(message) })
    expect(found.get('tables')).toMatchObject({ level: 'skipped' })
  })

  test('finds a clock that is an hour off, and tries the rest all the same', async () => {
    proxy.bend = { date: new Date(Date.now() + 3_600_000).toUTCString() }
    const found = await looked()
    expect(found.get('clock')).toMatchObject({
      level: 'problem',
      message: expect.stringContaining("this machine's clock is 60 min behind the server's: AWS refuses"),
    })
    expect(found.get('permissions')?.level).toBe('ok')
  })

  test('names tables that are missing, and the command that creates them', async () => {
    const found = await looked({ STEWARD_TABLE_PREFIX: 'none-' })
    expect(found.get('tables')).toMatchObject({
      level: 'problem',
      message: `missing: ${TABLE_DEFINITIONS.map(({ base }) => `none-${base}`).join(', ')}`,
      help: 'Create what is missing with `steward tables create`.',
    })
    expect(found.get('permissions')?.level).toBe('skipped')
    expect(found.get('lease')?.level).toBe('skipped')
  })

  test('names what is another way in a table that exists', async () => {
    const client = new DynamoDBClient(embeddedClientSettings(storeFile().endpoint))
    await client.send(
      new CreateTableCommand({
        TableName: 'odd-model-catalog',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    )
    client.destroy()
    const { message = '', level } = (await looked({ STEWARD_TABLE_PREFIX: 'odd-' })).get('tables') ?? {}
    expect(level).toBe('problem')
    expect(message).toContain('odd-model-catalog: its keys are id (S), not namespace (S), model_name (S)')
    expect(message).toContain('odd-model-catalog: the index by-owner is missing')
    expect(message).toContain('missing: odd-model-registry')
  })

  test('tells which tables can not be brought back, where the server says so', async () => {
    const off = { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' } } // prettier-ignore
    proxy.bend = {
      answer: (operation) => (operation === 'DescribeContinuousBackups' ? { ContinuousBackupsDescription: off } : null),
    }
    const found = await looked()
    expect(found.get('point-in-time recovery')).toMatchObject({
      level: 'warning',
      help: expect.stringContaining('aws dynamodb update-continuous-backups --table-name model-catalog'),
    })
    expect(found.has('deletion protection')).toBe(false)
  })

  test('gives up soon where nobody answers, and skips what depends on it', async () => {
    proxy.bend = { silent: true }
    const begun = performance.now()
    const found = await looked()
    expect(performance.now() - begun).toBeLessThan(10_000)
    expect(found.get('endpoint')).toMatchObject({ level: 'problem', message: expect.stringContaining('no answer') })
    expect(found.get('clock')?.level).toBe('skipped')
  })

  test('says that a connection is refused, without the password of the address', async () => {
    const found = await looked({ STEWARD_DYNAMODB_ENDPOINT: 'http://me:s3cr3t@127.0.0.1:1' })
    expect(found.get('endpoint')).toMatchObject({
      level: 'problem',
      message: 'http://127.0.0.1:1 is not reachable: the connection is refused',
    })
    expect(JSON.stringify([...found])).not.toContain('s3cr3t')
  })

  test('looks at the tables also where there is no repository', async () => {
    const found = await looked({}, line.folder('empty'))
    expect(found.get('repository')).toMatchObject({ level: 'problem', help: expect.stringContaining('--repo') })
    expect(found.get('settings')?.level).toBe('skipped')
    expect(found.get('permissions')?.level).toBe('ok')
  })

  test('finds a state folder that is open to others, and what a killed process left there', async () => {
    await chmod(line.state, 0o755)
    expect((await looked()).get('state folder')).toMatchObject({
      level: 'warning',
      message: `${line.state} is open to other users (mode 755)`,
    })
    await chmod(line.state, 0o700)
    const left = join(line.state, 'store.json.7.tmp')
    await writeFile(left, '')
    await utimes(left, 0, 0)
    expect((await looked()).get('state folder')?.message).toContain(left)
  })
})

describe('steward doctor, with broken settings', () => {
  test('says where they are broken, exits 1, and goes on as far as it can', async () => {
    line.repository.write('models/_platform/settings.yaml', 'tables: {backend: dynamo}\n')
    line.repository.commit('broken')
    const { code, out, err } = await line.run(['doctor'])
    expect(code).toBe(1)
    expect(out).toMatch(/^problem {2}settings +models\/_platform\/settings\.yaml:1:\d+: error ST/m)
    expect(out).toMatch(/^skipped {2}tables +it is not known where the tables are$/m)
    expect(err).toBe('')
  })
})
