import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Change, Observation, RuntimeDriver } from '../../src/runtimes/driver.ts'
import { until } from '../support/waiting.ts'

export interface DriverUnderTest {
  readonly driver: RuntimeDriver
  /**
   * A change that comes to run well; `broken` never becomes ready, `crashing` does and then ends by itself. Everything
   * but the key is the same each time.
   */
  change(wish: {
    readonly key: string
    readonly version: number
    readonly broken?: boolean
    readonly crashing?: boolean
  }): Change
  /** Makes a reference to a secret, for targets that resolve any. */
  readonly secret?: (value: string) => Promise<string>
  close(): Promise<void>
}

/** What every RuntimeDriver must do: the contract of src/runtimes/driver.ts, on a target that is there. */
export function describeDriver(what: string, open: () => Promise<DriverUnderTest>): void {
  describe(`the driver contract on ${what}`, () => {
    const { signal } = new AbortController()
    let under: DriverUnderTest
    let driver: RuntimeDriver
    let number = 0
    /** Grows from test to test: a target may be fenced as a whole. */
    let epoch = 0
    let one: Change
    let two: Change

    beforeAll(async () => {
      under = await open()
      driver = under.driver
    })
    afterAll(() => under.close())
    beforeEach(() => {
      number += 1
      epoch = number * 10
      const key = `/contract/models/m${number}#prod`
      one = { ...under.change({ key, version: 1 }), deploymentId: '1', replicas: 2, epoch }
      two = { ...under.change({ key, version: 2 }), deploymentId: '2', replicas: 2, replicasBefore: 2, epoch }
    })

    const look = (): Promise<Observation | null> => driver.observe(one, signal)
    /** `1:v1 100% 2/2`, when the target has reached what it was asked for. */
    const reached = async (): Promise<string[]> => {
      const found = await until('the target settles', async () => {
        const seen = await look()
        return seen !== null && seen.settled ? seen : null
      })
      return found.sets.map(
        ({ deploymentId, modelVersion, weight, ready, replicas }) =>
          `${deploymentId}:v${modelVersion} ${weight}% ${ready}/${replicas}`,
      )
    }
    const gone = (): Promise<unknown> => until('the target is gone', async () => (await look()) === null)
    const serve = async (change: Change): Promise<void> => {
      await driver.settle(change, signal)
      await reached()
    }

    test('a target that is not there is null, and removing it is no error', async () => {
      expect(await look()).toBeNull()
      await driver.abort(one, signal)
      await driver.retire(one, epoch, signal)
      expect(await look()).toBeNull()
    })

    test('prepare starts one replica without traffic, made of what was asked', async () => {
      await driver.prepare(one, signal)
      expect(await reached()).toEqual(['1:v1 0% 1/1'])
      const [set] = (await look())?.sets ?? []
      expect(set).toMatchObject({ processDigest: driver.processDigest(one), failure: null })
      expect(driver.processDigest(two)).not.toBe(driver.processDigest(one))
    })

    test('prepare leaves what serves as it is', async () => {
      await serve(one)
      await driver.prepare(two, signal)
      expect(await reached()).toEqual(['1:v1 100% 2/2', '2:v2 0% 1/1'])
    })

    test('shift gives traffic and replicas in proportion, and keeps the old ones until the new are there', async () => {
      await serve(one)
      await driver.prepare(two, signal)
      await driver.shift(two, 50, signal)
      expect(await reached()).toEqual(['1:v1 50% 2/2', '2:v2 50% 1/1'])
      await driver.shift(two, 100, signal)
      expect(await reached()).toEqual(['1:v1 0% 1/1', '2:v2 100% 2/2'])
    })

    test('blue/green prepares all replicas, switches at once, and keeps what served at full strength', async () => {
      await serve(one)
      const green: Change = { ...two, strategy: 'blue green' }
      await driver.prepare(green, signal)
      expect(await reached()).toEqual(['1:v1 100% 2/2', '2:v2 0% 2/2'])
      await driver.shift(green, 100, signal)
      expect(await reached()).toEqual(['1:v1 0% 2/2', '2:v2 100% 2/2'])
      await driver.abort(green, signal)
      expect(await reached()).toEqual(['1:v1 100% 2/2'])
    })

    test('a canary has its share of the replicas, and what served keeps all of its own', async () => {
      await serve(one)
      const canary: Change = { ...two, strategy: 'canary' }
      await driver.prepare(canary, signal)
      await driver.shift(canary, 10, signal)
      expect(await reached()).toEqual(['1:v1 90% 2/2', '2:v2 10% 1/1'])
      await driver.shift(canary, 100, signal)
      expect(await reached()).toEqual(['1:v1 0% 2/2', '2:v2 100% 2/2'])
      await driver.settle(canary, signal)
      expect(await reached()).toEqual(['2:v2 100% 2/2'])
    })

    test('prepare gives all traffic back to what serves, also after it had been taken', async () => {
      await serve(one)
      const green: Change = { ...two, strategy: 'blue green' }
      await driver.prepare(green, signal)
      await driver.shift(green, 100, signal)
      await driver.prepare(green, signal)
      expect(await reached()).toEqual(['1:v1 100% 2/2', '2:v2 0% 2/2'])
    })

    test('what is observed says what the processes are made of', async () => {
      await serve(one)
      const { modelVersion, artifacts, command, environmentVariables } = one
      const [set] = (await look())?.sets ?? []
      expect(set?.madeOf).toEqual({ modelVersion, artifacts, command, environmentVariables })
    })

    test('another variable, command or artifact is another process digest; replicas and weights are not', () => {
      const digest = driver.processDigest(one)
      expect(driver.processDigest({ ...one, replicas: 5, strategy: 'canary', deploymentId: '9' })).toBe(digest)
      const variable = { name: 'FOO', value: 'bar' }
      const others = [
        { ...one, environmentVariables: [variable] },
        { ...one, environmentVariables: [{ name: 'FOO', secretRef: 'env:FOO' }] },
        { ...one, command: [...one.command, 'more'] },
        { ...one, modelVersion: 7 },
      ].map((change) => driver.processDigest(change))
      expect(new Set([digest, ...others]).size).toBe(5)
    })

    test('the path and the token of what serves stay until the new version settles', async () => {
      const tokenRef = (await under.secret?.('open sesame')) ?? 'env:TOKEN'
      await serve(one)
      const next: Change = { ...two, path: `${one.path}/next`, tokenRef }
      await driver.prepare(next, signal)
      await driver.shift(next, 50, signal)
      expect(await look()).toMatchObject({ path: one.path, tokenRef: null })
      await driver.settle(next, signal)
      expect(await look()).toMatchObject({ path: next.path, tokenRef })
    })

    test('a version whose processes end by themselves after they were ready says how', async () => {
      await serve(one)
      const { key } = one
      const crashing: Change = {
        ...under.change({ key, version: 4, crashing: true }),
        deploymentId: '4',
        replicas: 2,
        epoch,
      }
      await driver.prepare(crashing, signal)
      await driver.shift(crashing, 50, signal)
      const crash = await until('the crash shows', async () => (await look())?.sets.at(-1)?.crash)
      expect(crash).toContain('exited with code')
      expect((await look())?.sets[0]).toMatchObject({ ready: 2, crash: null })
      await driver.abort(crashing, signal)
      expect(await reached()).toEqual(['1:v1 100% 2/2'])
    })

    test('settle leaves the new version alone, with all traffic and all replicas', async () => {
      await serve(one)
      await driver.settle(two, signal)
      expect(await reached()).toEqual(['2:v2 100% 2/2'])
      expect((await look())?.endpoint).toMatch(/^http:/)
    })

    test('settle also changes the number of replicas, and brings back what is gone', async () => {
      await serve(one)
      await driver.settle({ ...one, replicas: 1 }, signal)
      expect(await reached()).toEqual(['1:v1 100% 1/1'])
      await driver.retire(one, epoch, signal)
      await gone()
      await driver.settle(one, signal)
      expect(await reached()).toEqual(['1:v1 100% 2/2'])
    })

    test('abort removes the new version and gives all traffic back', async () => {
      await serve(one)
      await driver.prepare(two, signal)
      await driver.shift(two, 50, signal)
      await driver.abort(two, signal)
      expect(await reached()).toEqual(['1:v1 100% 2/2'])
    })

    test('abort gives back as many replicas as served before, whatever the new version asked for', async () => {
      await serve(one)
      for (const replicas of [1, 3]) {
        const other = { ...two, replicas }
        await driver.prepare(other, signal)
        await driver.shift(other, 50, signal)
        await driver.abort(other, signal)
        expect(await reached()).toEqual(['1:v1 100% 2/2'])
      }
    })

    test('abort of a first deployment removes the target', async () => {
      await driver.prepare(one, signal)
      await driver.abort(one, signal)
      await gone()
    })

    test('retire removes the target, with all versions', async () => {
      await serve(one)
      await driver.prepare(two, signal)
      await driver.retire(one, epoch, signal)
      await gone()
    })

    test('every command may be given twice', async () => {
      const twice = async (command: () => Promise<void>): Promise<void> => {
        await command()
        await command()
      }
      await twice(() => driver.settle(one, signal))
      await twice(() => driver.prepare(two, signal))
      expect(await reached()).toEqual(['1:v1 100% 2/2', '2:v2 0% 1/1'])
      await twice(() => driver.shift(two, 50, signal))
      expect(await reached()).toEqual(['1:v1 50% 2/2', '2:v2 50% 1/1'])
      await twice(() => driver.abort(two, signal))
      expect(await reached()).toEqual(['1:v1 100% 2/2'])
      await twice(() => driver.retire(one, epoch, signal))
      await gone()
    })

    test('a version that can not run says why, and what serves goes on', async () => {
      await serve(one)
      const { key } = one
      const broken = { ...under.change({ key, version: 3, broken: true }), deploymentId: '3', replicas: 2, epoch }
      await driver.prepare(broken, signal)
      const why = await until('the failure shows', async () => (await look())?.sets.at(-1)?.failure)
      expect(why).toContain('bad magic number')
      expect((await look())?.sets[0]).toMatchObject({ weight: 100, ready: 2, failure: null })
    })

    test('a lower epoch than the target has seen is refused, and changes nothing', async () => {
      await serve(one)
      const stale = { kind: 'conflict', name: 'DriverError' }
      await expect(driver.settle({ ...two, epoch: epoch - 1 }, signal)).rejects.toMatchObject(stale)
      await expect(driver.prepare({ ...two, epoch: epoch - 1 }, signal)).rejects.toMatchObject(stale)
      await expect(driver.retire(one, epoch - 1, signal)).rejects.toMatchObject(stale)
      expect(await reached()).toEqual(['1:v1 100% 2/2'])
    })

    test('ends with the reason of a signal that is aborted', async () => {
      const reason = new Error('the lease was lost')
      await expect(driver.observe(one, AbortSignal.abort(reason))).rejects.toBe(reason)
      await expect(driver.settle(one, AbortSignal.abort(reason))).rejects.toBe(reason)
      expect(await look()).toBeNull()
    })
  })
}
