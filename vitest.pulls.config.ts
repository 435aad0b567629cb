import { defineConfig } from 'vitest/config'

/** Pull requests on an emulated GitHub with every step as a process: most of the time is spent waiting. `.ci/run` runs them. */
export default defineConfig({
  test: {
    include: ['test/pull-requests/**/*.test.ts'],
    globalSetup: 'test/support/bundle-setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 4,
  },
})
