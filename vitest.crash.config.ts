import { defineConfig } from 'vitest/config'

/** Runs that are stopped after every single call and must converge; `.ci/run` runs them beside the fast suites. */
export default defineConfig({
  test: {
    include: ['test/crash/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 3,
    maxConcurrency: 3,
  },
})
