import { defineConfig } from 'vitest/config'

/** Whole lives of commands and daemons on real processes, which wait more than they work; `.ci/run` runs them too. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    globalSetup: 'test/support/bundle-setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 4,
  },
})
