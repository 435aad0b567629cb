import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import validators from '../../src/declared/generated/validators.cjs'

describe('the validators compiled ahead', () => {
  test('need no package when they run', () => {
    const code = readFileSync(join(import.meta.dirname, '../../src/declared/generated/validators.cjs'), 'utf8')
    expect(code).not.toContain('require(')
  })

  test.each([
    { reason: 'the empty schema', schema: {} },
    { reason: 'true, which accepts everything', schema: true },
    {
      reason: 'a schema with definitions',
      schema: { definitions: { a: { type: 'string' } }, $ref: '#/definitions/a' },
    },
    { reason: 'several types', schema: { type: ['string', 'null'] } },
    { reason: 'words of any type', schema: { enum: [1, 'a', null, { b: [] }] } },
    { reason: 'keywords that nobody knows', schema: { unit: 'EUR' } },
  ])('JsonSchema accepts $reason', ({ schema }) => {
    expect(validators.JsonSchema(schema)).toBe(true)
  })

  test.each([
    { reason: 'a type that does not exist', schema: { type: 'objct' }, at: '/type' },
    { reason: 'a type twice', schema: { type: ['string', 'string'] }, at: '/type' },
    { reason: 'required as a word', schema: { required: 'text' }, at: '/required' },
    { reason: 'no words', schema: { enum: [] }, at: '/enum' },
    {
      reason: 'a fault deep inside',
      schema: { items: { properties: { a: { minimum: '0' } } } },
      at: '/items/properties/a/minimum',
    },
    { reason: 'a list where a schema belongs', schema: [], at: '' },
  ])('JsonSchema refuses $reason', ({ schema, at }) => {
    expect(validators.JsonSchema(schema)).toBe(false)
    expect((validators.JsonSchema.errors ?? []).map(({ instancePath }) => instancePath)).toContain(at)
  })
})
