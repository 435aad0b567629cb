import { describe, expect, test } from 'vitest'
import { csvLine, csvText } from '../../src/report/csv.ts'

describe('a table as CSV', () => {
  test('has a header and a line a row, with CR LF between them', () => {
    expect(
      csvText(
        ['name', 'n'],
        [
          ['a', 1],
          ['b', null],
        ],
      ),
    ).toBe('name,n\r\na,1\r\nb,')
  })

  test('quotes commas, quotes and line ends', () => {
    expect(csvLine(['a,b', 'say "yes"', 'two\nlines', 'plain text'])).toBe(
      '"a,b","say ""yes""","two\nlines",plain text',
    )
  })

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\n=1'])('gives no spreadsheet a formula: %j', (text) =>
    expect(csvLine([text]).replace(/^"/, '')).toMatch(/^'/),
  )

  test('leaves numbers, truth values and marks inside of a text alone', () => {
    expect(csvLine([-1, 2.5, true, 'a=b', 'a@b.c'])).toBe('-1,2.5,true,a=b,a@b.c')
  })

  test('shows control characters in place of sending them', () => {
    expect(csvLine(['\u001b[31mred\r'])).toBe('\\x1b[31mred\\x0d')
  })
})
