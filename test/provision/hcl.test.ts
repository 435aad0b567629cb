import { describe, expect, test } from 'vitest'
import { attribute, block, hclCall, hclFile, hclString } from '../../src/provision/hcl.ts'

describe('Terraform’s language', () => {
  test('aligns attributes that stand together and sets all else apart', () => {
    const items = [
      attribute('name', 'a'),
      attribute('range_key', 'b'),
      attribute('policy', hclCall('jsonencode', { Sid: 'One', Effect: 'Allow', Action: ['a', 'b'], 'x:y': 1 })),
      block('lifecycle', [attribute('prevent_destroy', true)]),
      attribute('z', { expression: 'var.z' }),
    ]
    expect(hclFile([block('resource "a" "b"', items)])).toBe(
      [
        'resource "a" "b" {',
        '  name      = "a"',
        '  range_key = "b"',
        '',
        '  policy = jsonencode({',
        '    Sid    = "One"',
        '    Effect = "Allow"',
        '    Action = [',
        '      "a",',
        '      "b",',
        '    ]',
        '    "x:y" = 1',
        '  })',
        '',
        '  lifecycle {',
        '    prevent_destroy = true',
        '  }',
        '',
        '  z = var.z',
        '}',
      ].join('\n'),
    )
  })

  test('lets no text become an expression', () => {
    expect(hclString('a "b" ${c} %{d} \\')).toBe('"a \\"b\\" $${c} %%{d} \\\\"')
  })
})
