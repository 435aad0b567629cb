import { defineConfig } from 'vitest/config'

/** What `npm pack` makes, installed from the registry into an empty project; says by name when there is no network. */
export default defineConfig({
  test: { include: ['test/package/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 300_000, pool: 'forks' },
})
