import { describe, expect, it } from 'vitest'
import { code, fenced, sentence, table } from '../../src/report/markdown.ts'
import { rendered } from '../support/rendered.ts'

describe('text of others in Markdown', () => {
  it.each([
    ['plain', '`plain`'],
    ['a `b` c', '``a `b` c``'],
    ['`', '`` ` ``'],
    ['``` and ````', '````` ``` and ```` `````'],
    ['', '`(empty)`'],
    ['two\nlines', '`two lines`'],
    ['token ghp_abcdefghijklmnopqrstuvwxyz0123456789', `\`token ${'*'.repeat(40)}\``],
  ])('as code: %j', (text, expected) => {
    expect(code(text)).toBe(expected)
  })

  it.each([
    '@team',
    '#12',
    'GH-3',
    'https://evil.example',
    'www.evil.example',
    '<b>x</b>',
    '[a](b)',
    '**x**',
    '- x',
    '1. x',
    '# x',
    '> x',
    '| a | b |',
  ])('as a sentence it is what it was, and nothing more: %s', (text) => {
    const { html, prose, tags } = rendered(sentence(text))
    expect(tags).toEqual(['p', '/p'])
    expect(prose.replaceAll('\u200b', '').trim()).toBe(text)
    expect(html).not.toMatch(/@team|#12\b|GH-3/)
  })

  it('in a cell of a table, in code and out of it', () => {
    const { html } = rendered(
      table(
        ['a', 'b'],
        [
          [code('x|y'), sentence('x|y')],
          [code('x\\|@team'), code('\\')],
        ],
      ).join('\n'),
    )
    expect(html).toContain('<td><code>x|y</code></td>')
    expect(html).toContain('<td>x|y</td>')
    expect(html.replaceAll('\u200b', '')).toContain('<td><code>x\\|@team</code></td>')
    expect(html).toContain('<td><code>\\</code></td>')
  })

  it('in a block whose fence is longer than any in it', () => {
    expect(fenced('diff', ['- ```', '+ ````'])).toEqual(['`````diff', '- ```', '+ ````', '`````'])
  })
})
