import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What takes long has scripts of its own: `npm run test:crash`, `test:load`, `test:long`, `test:package`, `test:pulls`.
    exclude: [
      'test/crash/**',
      'test/load/**',
      'test/long/**',
      'test/package/**',
      'test/pull-requests/**',
      'node_modules/**',
    ],
    globalSetup: 'test/support/bundle-setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Most of the time is spent waiting for real processes: more workers than cores.
    maxWorkers: 4,
  },
})
