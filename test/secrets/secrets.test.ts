import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StewardError } from '../../src/domain/errors.ts'
import { envProvider } from '../../src/secrets/env-provider.ts'
import { fileProvider } from '../../src/secrets/file-provider.ts'
import { problemOfReference } from '../../src/secrets/secret-reference.ts'
import { SecretResolver } from '../../src/secrets/secret-resolver.ts'
import { Secret } from '../../src/secrets/secret.ts'

const VALUE = 'correct horse battery staple'
const { signal } = new AbortController()
let folder: string
let resolver: SecretResolver

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'steward-secrets-')))
  await mkdir(join(folder, 'state', 'host'), { recursive: true })
  const variables: Record<string, string> = { TOKEN: VALUE, EMPTY: '' }
  resolver = new SecretResolver([envProvider((name) => variables[name]), fileProvider([join(folder, 'state')])])
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function problem(reference: string): Promise<string> {
  const error = await resolver.resolve(reference, signal).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StewardError)
  expect(error).toMatchObject({ code: 'secret_unreadable' })
  return (error as StewardError).message
}

it('masks a secret in every text', () => {
  const secret = new Secret(VALUE)
  const masked: unknown = secret
  const texts = [String(secret), `${masked as string}`, JSON.stringify({ secret }), inspect(secret), inspect([secret])]
  for (const text of texts) {
    expect(text).toContain('***')
    expect(text).not.toContain('horse')
  }
  expect(inspect(secret, { showHidden: true, depth: 9 })).not.toContain('horse')
  expect({ ...secret }).toEqual({})
  expect(secret.reveal()).toBe(VALUE)
})

describe('env', () => {
  it('reads a variable', async () => {
    expect((await resolver.resolve('env:TOKEN', signal)).reveal()).toBe(VALUE)
  })

  it('tells one that is missing or empty', async () => {
    expect(await problem('env:NONE')).toBe('env:NONE can not be resolved: the variable NONE is not set')
    expect(await problem('env:EMPTY')).toBe('env:EMPTY can not be resolved: it is empty')
  })
})

describe('file', () => {
  const write = async (name: string, bytes: string | Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), bytes)
    return `file:${join(folder, name)}`
  }

  it('reads a file as it is now, without the newline at its end', async () => {
    const reference = await write('token', `${VALUE}\n`)
    expect((await resolver.resolve(reference, signal)).reveal()).toBe(VALUE)
    await write('token', 'rotated\r\n')
    expect((await resolver.resolve(reference, signal)).reveal()).toBe('rotated')
    await write('token', 'two\nlines\n\n')
    expect((await resolver.resolve(reference, signal)).reveal()).toBe('two\nlines\n')
  })

  it('tells a file that is no secret', async () => {
    expect(await problem(`file:${folder}/none`)).toContain('there is no such file')
    expect(await problem(`file:${folder}`)).toContain('it is no regular file')
    expect(await problem(await write('empty', '\n'))).toContain('it is empty')
    expect(await problem(await write('large', 'x'.repeat(64 * 1024 + 1)))).toContain('more than 65536 bytes')
    expect(await problem(await write('huge', 'x'.repeat(1024 * 1024)))).toContain('more than 65536 bytes')
    expect(await problem(await write('bytes', Buffer.from([0xff, 0xfe])))).toContain('it is no text')
    expect(await problem(await write('nul', 'a\0b'))).toContain('NUL')
    execFileSync('mkfifo', [join(folder, 'pipe')])
    expect(await problem(`file:${folder}/pipe`)).toContain('no regular file')
  })

  it('refuses what lies in the state folder, also by a link', async () => {
    const token = join(folder, 'state', 'host', 'token')
    await writeFile(token, VALUE)
    await symlink(token, join(folder, 'link'))
    expect(await problem(`file:${token}`)).toContain('it lies in the state folder')
    expect(await problem(`file:${folder}/link`)).toContain('it lies in the state folder')
    await writeFile(join(folder, 'state-of-mind'), VALUE)
    expect((await resolver.resolve(`file:${folder}/state-of-mind`, signal)).reveal()).toBe(VALUE)
  })
})

it('repeats no text of a provider’s unexpected error', async () => {
  const failing = new SecretResolver([{ scheme: 'env', resolve: () => Promise.reject(new Error(VALUE)) }])
  await expect(failing.resolve('env:A', signal)).rejects.toThrow('env:A can not be resolved: it can not be read')
})

it('does not wait for a provider that does not answer', async () => {
  const silent = new SecretResolver([{ scheme: 'env', resolve: () => new Promise(() => {}) }])
  const late = silent.resolve('env:A', AbortSignal.timeout(20))
  await expect(late).rejects.toThrow('env:A can not be resolved: there was no answer in time')
  const leaving = new AbortController()
  const left = silent.resolve('env:A', leaving.signal)
  leaving.abort(new Error('the caller leaves'))
  await expect(left).rejects.toThrow('the caller leaves')
})

const references: readonly (readonly [reference: string, problem: string | null])[] = [
  ['env:TOKEN', null],
  ['file:/run/secrets/token', null],
  ['file:/a/.b/..c', null],
  ['env:', 'it must have the form env:NAME'],
  ['env:A B', 'it must have the form env:NAME'],
  ['file:token', 'it must have the form file:/absolute/path'],
  ['file:/a/../b', 'it must have the form file:/absolute/path'],
  ['file:/a/', 'it must have the form file:/absolute/path'],
  [
    'aws-ssm:/claims/token',
    'the scheme aws-ssm: is not supported here; supported are env:NAME and file:/absolute/path',
  ],
  ['hunter2', 'it has no scheme that is supported here; supported are env:NAME and file:/absolute/path'],
  ['hunter2:x', 'it has no scheme that is supported here; supported are env:NAME and file:/absolute/path'],
]

it.each(references)('judges the reference %s', (reference, expected) => {
  expect(problemOfReference(reference)).toBe(expected)
})
