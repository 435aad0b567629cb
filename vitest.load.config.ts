import { defineConfig } from 'vitest/config'

/** What has to keep a pace: one file after the other, with nothing beside it. `.ci/run` runs it too. */
export default defineConfig({
  test: {
    include: ['test/load/**/*.test.ts'],
    globalSetup: 'test/support/bundle-setup.ts',
    testTimeout: 300_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
  },
})
