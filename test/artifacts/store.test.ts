import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resolveArtifactUri, type ArtifactStore } from '../../src/artifacts/artifact-store.ts'
import { createDirectoryStore } from '../../src/artifacts/directory-store.ts'
import { fetchArtifact, hashArtifact, type ArtifactReference } from '../../src/artifacts/fetch-artifact.ts'
import { sha256Hex } from '../../src/domain/digest.ts'

const BODY = 'the artifact'
let folder: string
let artifact: ArtifactReference

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-store-'))
  const file = join(folder, 'a b#1.tar.gz')
  await writeFile(file, BODY)
  artifact = { name: 'trained', uri: pathToFileURL(file).href, sha256: sha256Hex(BODY), size: BODY.length }
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('resolveArtifactUri', () => {
  it.each([
    ['s3://bucket/a/../b', 'file:///x', 's3://bucket/a/../b'],
    ['file:///a/b', 's3://x/y', 'file:///a/b'],
    ['a/b.tar.gz', 'file:///x', 'file:///x/a/b.tar.gz'],
    ['a b#/c%', 'file:///x/', 'file:///x/a%20b%23/c%25'],
    ['a', 'file:///', 'file:///a'],
    ['a/b', 's3://bucket/prefix/', 's3://bucket/prefix/a/b'],
    ['a/b', 's3://bucket', 's3://bucket/a/b'],
  ])('%s below %s is %s', (uri, base, resolved) => {
    expect(resolveArtifactUri(uri, base)).toBe(resolved)
  })

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/..', 'a/./b', 'a\\b', 'a\0', 'http://x/y', 's3://bucket', 's3:///key'])(
    'refuses %j',
    (uri) => {
      expect(() => resolveArtifactUri(uri, 'file:///x')).toThrow(
        expect.objectContaining({ code: 'artifact_uri_invalid', kind: 'user' }) as Error,
      )
    },
  )

  it.each([
    'file:a',
    'file://host/a',
    'file:///a/%2e%2e/b',
    'file:///a/%00',
    'file:///a%5cb',
    'file:///a?b',
    'file:///%zz',
  ])('refuses the file uri %j', (uri) => {
    expect(() => resolveArtifactUri(uri, 's3://x')).toThrow(
      expect.objectContaining({ code: 'artifact_uri_invalid' }) as Error,
    )
  })
})

describe('the directory store', () => {
  const store = createDirectoryStore()

  it('tells size, content and absence', async () => {
    expect(await store.stat(artifact.uri)).toEqual({ size: BODY.length, sha256: null })
    expect(await store.stat(`${artifact.uri}x`)).toBeNull()
    expect(await store.stat(`${artifact.uri}/x`)).toBeNull()
    expect(await hashArtifact(store, artifact.uri)).toEqual({ size: BODY.length, sha256: artifact.sha256 })
    await expect(store.open(`${artifact.uri}x`)).rejects.toMatchObject({ code: 'artifact_missing' })
  })

  it('refuses other schemes', async () => {
    await expect(store.stat('s3://bucket/key')).rejects.toMatchObject({ code: 'artifact_scheme_unsupported' })
    await expect(store.open('s3://bucket/key')).rejects.toMatchObject({ code: 'artifact_scheme_unsupported' })
    await expect(store.stat('key')).rejects.toMatchObject({ code: 'artifact_uri_invalid' })
  })

  it('takes a folder for no artifact', async () => {
    await mkdir(join(folder, 'sub'))
    expect(await store.stat(pathToFileURL(join(folder, 'sub')).href)).toBeNull()
  })
})

describe('fetchArtifact', () => {
  const store = createDirectoryStore()
  const destination = (): string => join(folder, 'cache', 'x.tar.gz')
  const fetchAs = (change: Partial<ArtifactReference>, from: ArtifactStore = store): Promise<unknown> =>
    fetchArtifact({ store: from, artifact: { ...artifact, ...change }, destination: destination() })

  it('brings a verified copy', async () => {
    expect(await fetchAs({})).toEqual({ size: BODY.length, sha256: artifact.sha256 })
    expect(await readFile(destination(), 'utf8')).toBe(BODY)
    expect(await readdir(join(folder, 'cache'))).toEqual(['x.tar.gz'])
  })

  it('names the artifact and both values of what differs, and leaves nothing', async () => {
    const other = '1'.repeat(64)
    const digest = fetchAs({ sha256: other, size: null })
    await expect(digest).rejects.toMatchObject({ code: 'artifact_digest_mismatch', kind: 'user' })
    await expect(digest).rejects.toThrow(new RegExp(`"trained".*${artifact.sha256}.*${other}`))
    const size = fetchAs({ size: 5 })
    await expect(size).rejects.toMatchObject({ code: 'artifact_size_mismatch' })
    await expect(size).rejects.toThrow(/"trained".*12 bytes.*5 were declared/)
    await expect(fetchAs({ uri: `${artifact.uri}x` })).rejects.toMatchObject({ code: 'artifact_missing' })
    expect(await readdir(join(folder, 'cache')).catch(() => [])).toEqual([])
  })

  it('does not believe what the store says about itself', async () => {
    const liar: ArtifactStore = {
      stat: async () => ({ size: BODY.length, sha256: artifact.sha256 }),
      open: async () => Readable.from([Buffer.from('the artefact')]),
    }
    await expect(fetchAs({}, liar)).rejects.toMatchObject({ code: 'artifact_digest_mismatch' })
    const endless: ArtifactStore = {
      ...liar,
      open: async () =>
        Readable.from(
          (function* () {
            for (;;) yield Buffer.alloc(1024)
          })(),
        ),
    }
    await expect(fetchAs({}, endless)).rejects.toMatchObject({ code: 'artifact_size_mismatch' })
  })

  it('stops at once when the store recorded another digest', async () => {
    const store: ArtifactStore = {
      stat: async () => ({ size: BODY.length, sha256: '2'.repeat(64) }),
      open: async () => Promise.reject(new Error('must not be opened')),
    }
    await expect(fetchAs({}, store)).rejects.toMatchObject({ code: 'artifact_digest_mismatch' })
  })

  it('stops when aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    const fetching = fetchArtifact({ store, artifact, destination: destination(), signal })
    await expect(fetching).rejects.toThrow('enough')
  })
})
