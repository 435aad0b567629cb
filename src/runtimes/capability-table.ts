import type { CapabilityTable } from './capabilities.ts'
import { hostCapabilities } from './host/capabilities.ts'

/** What each driver can do, without loading any driver. */
export const capabilityTable: CapabilityTable = new Map([['local host', hostCapabilities]])
