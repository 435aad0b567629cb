import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  aliasKey,
  decodeVersion,
  encodeVersion,
  HIGHEST_VERSION,
  LATEST,
  parseVersionKey,
  versionKey,
  type ArtifactVersion,
} from '../../src/artifacts/layout.ts'

const trained = { namespace: '/abc_corp/claim', modelName: 'doc_classification', artifactName: 'trained' }
const anyNumber = fc.integer({ min: 1, max: HIGHEST_VERSION })
const anyVersion: fc.Arbitrary<ArtifactVersion> = fc.oneof(anyNumber, fc.constant(LATEST))
const anyName = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,8}$/)

it('writes the keys of the Python package', () => {
  expect(versionKey(trained, 3)).toBe('abc_corp/claim/doc_classification/versions/999997_000003.tar.gz')
  expect(versionKey(trained, LATEST)).toBe('abc_corp/claim/doc_classification/versions/000000_LATEST.tar.gz')
  expect(versionKey({ ...trained, artifactName: 'static_data' }, 12)).toBe(
    'abc_corp/claim/doc_classification.static_data/versions/999988_000012.tar.gz',
  )
  expect(versionKey({ ...trained, namespace: 'lob1' }, 1)).toBe('lob1/doc_classification/versions/999999_000001.tar.gz')
  expect(aliasKey(trained, 'prod')).toBe('abc_corp/claim/doc_classification/aliases/prod.json')
})

it('reads what it writes', () => {
  fc.assert(fc.property(anyVersion, (version) => decodeVersion(encodeVersion(version)) === version))
  fc.assert(
    fc.property(anyName, anyName, anyName, anyVersion, (namespace, modelName, artifactName, version) => {
      const key = versionKey({ namespace: `/${namespace}`, modelName, artifactName }, version)
      const name = artifactName === 'trained' ? modelName : `${modelName}.${artifactName}`
      expect(parseVersionKey(key)).toEqual({ folder: `${namespace}/${name}`, version })
    }),
  )
})

it('lists the latest first, then the newest', () => {
  fc.assert(
    fc.property(anyNumber, anyNumber, (one, two) => {
      expect(encodeVersion(one) < encodeVersion(two)).toBe(one > two)
      expect(encodeVersion(LATEST) < encodeVersion(one)).toBe(true)
    }),
  )
})

it('reads nothing that it does not write', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{6}_\d{6}$/)), (text) => {
      const version = decodeVersion(text)
      expect(version === null || encodeVersion(version) === text).toBe(true)
    }),
  )
  for (const text of ['999997_000004', '1000000_000000', '000000_latest', '999997_3'])
    expect(decodeVersion(text)).toBeNull()
  expect(parseVersionKey('a/versions/999997_000003.zip')).toBeNull()
})

it.each([0, -1, 1.5, 1_000_000, Number.NaN])('refuses the version %s', (version) => {
  expect(() => encodeVersion(version)).toThrow(/whole number from 1 to 999999/)
})
