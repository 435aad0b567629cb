import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands/index.ts'

describe('the table of commands', () => {
  test.each(commands.map((entry) => [entry.name, entry] as const))(
    'says of %s what the command says of itself',
    async (_, { load, ...head }) => {
      const { name, summary, arguments: words } = await load()
      expect({ name, summary, arguments: words }).toEqual(head)
    },
  )

  test('names every command once', () => {
    const names = commands.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })
})
