import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { HostTimings } from '../../../src/host/timings.ts'
import { makeFolder, startHost, type HostClient, type RunningHost } from './harness.ts'

/** What a test has of its own: a folder, a host on a state folder in it, and a client of both its servers. */
export interface OwnHost {
  readonly folder: string
  readonly client: HostClient
  readonly running: RunningHost
}

/** A new host for each test of the file; what is returned is always that of the present test. */
export function eachHost(timings: Partial<HostTimings> = {}): OwnHost {
  let folder: Awaited<ReturnType<typeof makeFolder>>
  let running: RunningHost
  beforeEach(async () => {
    folder = await makeFolder()
    running = await startHost(join(folder.path, 'state'), timings)
  })
  afterEach(async () => {
    await running.stop()
    await folder.remove()
  })
  return {
    get folder() {
      return folder.path
    },
    get client() {
      return running.client
    },
    get running() {
      return running
    },
  }
}
