import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { InstalledPackage } from './installed.ts'

const checkout = join(import.meta.dirname, '..', '..')

describe('the package, installed into an empty project', () => {
  const installed = new InstalledPackage()
  let missing: string | null = null

  beforeAll(() => {
    missing = installed.install()
    if (missing === null) installed.writeExample()
  })
  beforeEach(({ skip }) => {
    if (missing !== null) skip(missing)
  })
  afterAll(() => installed.remove())

  it('holds built code only, with the licences of what is built in', () => {
    const files = readdirSync(installed.folder, { recursive: true, encoding: 'utf8' })
    expect(files.filter((file) => file.endsWith('.ts'))).toEqual([])
    const licences = readFileSync(join(installed.folder, 'dist', 'steward', 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    expect(licences).toMatch(/^yaml .* \(ISC\)$/m)
    expect(licences).toMatch(/^@aws-sdk\/client-dynamodb .* \(Apache-2\.0\)$/m)
  })

  it('tells its version', () => {
    const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))
    expect(installed.steward('version', '--json')).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(installed.steward('version', '--json').out)).toMatchObject({ version })
  })

  it('loads every command that its overview names', () => {
    const listed = installed.steward('help').out.split('Commands:\n')[1]?.split('\n\n')[0] ?? ''
    const names = listed.split('\n').map((line) => /^ {2}([a-z]+(?: [a-z]+)*)/.exec(line)?.[1] ?? '')
    expect(names).toContain('tables create')
    for (const name of names) {
      const { code, out } = installed.steward(...name.split(' '), '--help')
      expect([code, out.split(':')[0]]).toEqual([0, `steward ${name}`])
    }
  })

  it('loads one file for --help and --version, and no SDK and no other package for validate (P6)', () => {
    expect(installed.loadedBy('--help').map((file) => basename(file))).toEqual(['main.js'])
    expect(installed.loadedBy('--version').map((file) => basename(file))).toEqual(['main.js'])
    const loaded = installed.loadedBy('validate')
    const holding = (library: string): string[] =>
      loaded.filter((file) => readFileSync(file, 'utf8').includes(`// node_modules/${library}`))
    expect(holding('js-yaml/')).not.toEqual([])
    expect(['@aws-sdk/', '@smithy/', 'tar/'].flatMap(holding)).toEqual([])
    // The exact YAML parser is a part of its own, loaded for a document that needs it.
    expect(holding('yaml/').filter((file) => basename(file) !== 'yaml.js')).toEqual([])
    expect(loaded.filter((file) => !file.includes('model-steward'))).toEqual([])
  })

  it('validates documents', () => {
    expect(installed.steward('validate')).toMatchObject({ code: 0, err: '', out: expect.stringContaining('all valid') })
  })

  it('plans against the embedded tables, whose processes it finds in the package', () => {
    const { code, out, err } = installed.steward('plan', '--json')
    expect(code, err).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ summary: { blocked: 0 } })
    expect(JSON.parse(out).summary.create).toBeGreaterThan(0)
    expect(existsSync(join(installed.folder, 'src'))).toBe(false)
  })
})
