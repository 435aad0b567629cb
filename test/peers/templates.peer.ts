import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cloudFormationFacts } from '../provision/support/cloudformation-facts.ts'
import { plainName } from '../provision/support/facts.ts'
import { catalog } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'
import { pythonTools, type PythonTools } from './python.ts'
import { jsonOf, runTool } from './run-tool.ts'

const found = pythonTools()
const tools: PythonTools | null = typeof found === 'string' ? null : found
if (typeof found === 'string') console.log(`SKIPPED: cfn-lint and python-hcl2 can not be had here: ${found}`)
const terraform = spawnSync('terraform', ['version']).status === 0
if (!terraform) console.log('SKIPPED: terraform fmt: there is no terraform here')

/** Terraform's own grammar, read by another's parser: each table's name, keys and protection. */
const readModule = `
import hcl2, json, sys
text = lambda value: value.strip('"') if isinstance(value, str) else value
tables = {}
for resource in hcl2.loads(sys.stdin.read())["resource"]:
    for kind, named in resource.items():
        for name, body in named.items():
            if text(kind) == "aws_dynamodb_table":
                tables[text(name)] = {
                    "keys": [text(body["hash_key"]), text(body["range_key"])],
                    "types": {text(each["name"]): text(each["type"]) for each in body["attribute"]},
                    "indexes": sorted([text(each[key]) for key in ("name", "hash_key", "range_key", "projection_type")]
                                      for each in body.get("global_secondary_index", [])),
                    "pointInTimeRecovery": body["point_in_time_recovery"][0]["enabled"],
                    "deletionProtection": body["deletion_protection_enabled"],
                    "encryption": body["server_side_encryption"][0]["enabled"],
                    "kept": body["lifecycle"][0]["prevent_destroy"],
                }
print(json.dumps(tables))
`

const account = ['--repository', 'octo-org/models', '--branch', 'main', '--environment', 'prod']
const commands = [
  ['tables describe', ['tables', 'describe']],
  ['bootstrap', ['bootstrap']],
  ['bootstrap that knows more', ['bootstrap', ...account]],
] as const

describe('what is printed for others', () => {
  const line = new CommandLine().withCatalog(catalog())
  let folder = ''

  beforeAll(() => {
    folder = line.folder('templates')
  })
  afterAll(() => line[Symbol.asyncDispose]())

  const printed = async (words: readonly string[], format: string): Promise<string> => {
    const { code, out, err } = await line.run([...words, '--format', format])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    return out
  }

  it.skipIf(tools === null).each(commands)('%s: cfn-lint has nothing to say', async (_, words) => {
    const file = join(folder, 'template.yaml')
    writeFileSync(file, await printed(words, 'cloudformation'))
    expect(await runTool(tools?.cfnLint ?? '', ['--include-checks', 'I', '--', file])).toEqual({
      code: 0,
      out: '',
      err: '',
    })
  })

  it.skipIf(!terraform).each(commands)('%s: terraform fmt leaves it as it is', async (_, words) => {
    const file = join(folder, 'main.tf')
    writeFileSync(file, await printed(words, 'terraform'))
    const { code, out } = await runTool('terraform', ['fmt', '-check', '-diff', file])
    expect({ code, out }).toEqual({ code: 0, out: '' })
  })

  it.skipIf(tools === null).each(commands)('%s: python-hcl2 reads the same tables', async (_, words) => {
    const read = await jsonOf<Record<string, object>>(
      tools?.python ?? '',
      ['-c', readModule],
      await printed(words, 'terraform'),
    )
    const { tables } = cloudFormationFacts(await printed(words, 'cloudformation'))
    expect(Object.keys(read).map(plainName)).toEqual(Object.keys(tables))
    for (const [name, table] of Object.entries(read)) expect(tables[plainName(name)]).toMatchObject(table)
  })
})
