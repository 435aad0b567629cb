import type { DeploymentMethod } from '../domain/names.ts'
import type { RuntimeDriver } from './driver.ts'
import { HostDriver, type HostDriverOptions } from './host/driver.ts'

/** Every driver of this version: a new one is one new folder, one line here and one in capability-table.ts. */
export function createDrivers(options: HostDriverOptions): ReadonlyMap<DeploymentMethod, RuntimeDriver> {
  return new Map<DeploymentMethod, RuntimeDriver>([['local host', new HostDriver(options)]])
}
