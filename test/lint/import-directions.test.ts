import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const checkout = join(import.meta.dirname, '..', '..')

/** What no module may do, with where it would do it. */
const forbidden: readonly (readonly [file: string, source: string, why: string])[] = [
  ['src/domain/bad.ts', "import '../declared/declare.ts'", 'the domain knows nobody'],
  ['src/plan/bad.ts', "import '../reconcile/controller.ts'", 'a plan does nothing'],
  ['src/plan/bad.ts', "import '../recorded/dynamodb-tables.ts'", 'a plan reads no table'],
  ['src/plan/bad.ts', "import 'node:fs'", 'a plan is pure'],
  ['src/declared/bad.ts', "import '../source/git-source.ts'", 'declared gets bytes, not Git'],
  ['src/declared/bad.ts', "import '../rollout/machine.ts'", 'declared starts no rollout'],
  ['src/rollout/bad.ts', 'export const now = Date.now()', 'the machine gets the time as a value'],
  ['src/rollout/bad.ts', 'export const chance = Math.random()', 'the machine gets randomness as a value'],
  ['src/declared/bad.ts', 'export const place = process.cwd()', 'declared knows no process'],
  ['src/plan/bad.ts', "import '@aws-sdk/client-dynamodb'", 'a plan loads no SDK'],
  ['src/reconcile/bad.ts', "import '../runtimes/host/driver.ts'", 'the reconciler knows drivers by their port'],
  ['src/reconcile/bad.ts', "import '../app/app.ts'", 'ports only'],
  ['src/host/bad.ts', "import '../recorded/tables.ts'", 'the host is a program of its own'],
  ['src/plan/bad.ts', "import '../secrets/secret.ts'", 'a plan holds references, never values'],
  ['src/report/bad.ts', "import '../secrets/secret.ts'", 'nothing that is printed holds a secret'],
  ['src/secrets/bad.ts', "import '../host/context.ts'", 'secrets know nobody'],
  ['src/secrets/bad.ts', 'export const token = process.env.TOKEN', 'the environment comes in as a function'],
  ['src/runtimes/lambda/bad.ts', "import '../host/driver.ts'", 'drivers do not know one another'],
  ['src/app/bad.ts', "import '../cli/run.ts'", 'the core does not know its shells'],
  ['src/app/bad.ts', 'export const home = process.env.HOME', 'the environment is read at the edge'],
  ['src/report/bad.ts', "console.log('hello')", 'nothing prints but the shells'],
  ['src/scaffold/bad.ts', "import '../declared/declare.ts'", 'what is scaffolded comes from values'],
  ['src/scaffold/bad.ts', "import 'node:fs'", 'the app writes what scaffold says'],
  ['src/report/bad.ts', "import '../scaffold/sample.ts'", 'only the app and its shells scaffold'],
  ['src/provision/bad.ts', "import '../recorded/create-tables.ts'", 'a template comes from values'],
  ['src/provision/bad.ts', "import '@aws-sdk/client-dynamodb'", 'printing a template asks nobody'],
  ['src/recorded/bad.ts', "import '../provision/policies.ts'", 'only the app and its shells print templates'],
  ['src/source/bad.ts', 'export const anything = (value: any) => value', 'no any'],
]

const allowed: readonly (readonly [file: string, source: string])[] = [
  ['src/plan/good.ts', "export { digestOf } from '../domain/digest.ts'"],
  ['src/provision/good.ts', "export { TABLE_DEFINITIONS } from '../recorded/table-definitions.ts'"],
  ['src/app/good.ts', "export { planAll } from '../plan/plan-all.ts'"],
  ['src/host/good.ts', "export { Secret } from '../secrets/secret.ts'"],
  ['src/runtimes/ecs/good.ts', "export { Secret } from '../../secrets/secret.ts'"],
  ['src/cli/good.ts', "export { App } from '../app/app.ts'"],
]

describe('the direction of imports is a rule of the linter', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'steward-lint-'))
    cpSync(join(checkout, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
    symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const lint = (file: string, source: string): number | null => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), `${source}\n`)
    const oxlint = join(checkout, 'node_modules', 'oxlint', 'bin', 'oxlint')
    return spawnSync(process.execPath, [oxlint, '--deny-warnings', file], { cwd: folder }).status
  }

  it.each(forbidden)('%s: %s is refused: %s', (file, source) => {
    expect(lint(file, source)).toBe(1)
  })

  it.each(allowed)('%s: %s is allowed', (file, source) => {
    expect(lint(file, source)).toBe(0)
  })
})
