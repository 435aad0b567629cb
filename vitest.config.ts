import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Kill-point suites and the installed package have scripts of their own, `npm run test:crash`, `test:package`.
    exclude: ['test/crash/**', 'test/package/**', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Most of the time is spent waiting for real processes: more workers than cores.
    maxWorkers: 4,
  },
})
