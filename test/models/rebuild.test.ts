import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { list } from 'tar'
import { describe, expect, it } from 'vitest'
import { allReleases } from '../../models/_training/all-releases.ts'
import { differences } from '../../models/_training/differences.ts'
import { storedGzip } from '../../src/artifacts/stored-gzip.ts'
import { MODELS } from './unpacked.ts'

const releases = allReleases()
const artifacts = releases.flatMap((release) => release.artifacts)

describe('a rebuild of the example models', () => {
  it('gives what the committed archives and version documents say', async () => {
    expect(await differences(MODELS, releases)).toEqual([])
  })

  it('gives the same bytes when it runs again', () => {
    const again = allReleases().flatMap((release) => release.artifacts)
    expect(again.map(({ key, sha256 }) => [key, sha256])).toEqual(artifacts.map(({ key, sha256 }) => [key, sha256]))
  })

  it('keeps every archive below 100 kB', () => {
    for (const { key, size } of artifacts) expect(size, key).toBeLessThan(100_000)
  })

  it('packs plain files that belong to nobody in particular', async () => {
    const entries: unknown[] = []
    const key = 'abc_corp/claim/doc_classification/versions/999997_000003.tar.gz'
    await list({
      file: join(MODELS, '_artifacts', key),
      strict: true,
      onReadEntry: ({ path, type, mode, uid, gid }) => entries.push([path, type, mode, uid, gid]),
    })
    expect(entries).toEqual(['model.json', 'predict.mjs', 'serve.mjs'].map((path) => [path, 'File', 0o644, 0, 0]))
  })
})

describe('the check', () => {
  it('names every archive and document that differs', async () => {
    const root = await mkdtemp(join(tmpdir(), 'steward-models-'))
    try {
      await cp(MODELS, root, { recursive: true })
      const archive = join(root, '_artifacts/abc_corp/pricing/vehicle_repair_cost/versions/999999_000001.tar.gz')
      const document = join(root, 'abc_corp/claim/doc_classification/versions/2.yaml')
      await writeFile(archive, 'other bytes')
      await writeFile(document, (await readFile(document, 'utf8')).replace('accuracy: 0.9', 'accuracy: 0.8'))
      await rm(join(root, 'abc_corp/claim/doc_classification/versions/3.yaml'))
      await writeFile(join(root, '_artifacts/stranger.tar.gz'), '')
      const found = await differences(root, releases)
      expect(found).toHaveLength(4)
      expect(found[0]).toContain('versions/2.yaml: metrics is {"accuracy":0.8')
      expect(found.slice(1)).toEqual([
        'abc_corp/claim/doc_classification/versions/3.yaml is missing',
        '_artifacts/abc_corp/pricing/vehicle_repair_cost/versions/999999_000001.tar.gz has other bytes than the build',
        '_artifacts/stranger.tar.gz is made by no release',
      ])
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
})

describe('stored gzip', () => {
  it.each([
    [0, 'empty content is one empty block'],
    [1, 'one byte'],
    [65_535, 'exactly one full block'],
    [65_536, 'one byte more than a block'],
    [200_000, 'several blocks'],
  ])('is read back by zlib: %i bytes, %s', (length) => {
    const content = Buffer.alloc(length, 'steward')
    expect(gunzipSync(storedGzip(content)).equals(content)).toBe(true)
  })
})
