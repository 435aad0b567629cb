import { defineConfig } from 'vitest/config'

/** Suites that check from outside with other people's tools; each says by name what it could not find. */
export default defineConfig({
  test: {
    include: ['test/peers/**/*.peer.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // The first one installs the tools for all.
    fileParallelism: false,
  },
})
