import type { Capabilities } from '../capabilities.ts'

export const hostCapabilities: Capabilities = {
  strategies: ['rolling', 'blue green', 'canary'],
  modes: ['online'],
  endpointTypes: ['rest'],
  endpointAuth: ['none', 'token'],
  secretSchemes: ['env', 'file'],
  stickyHeader: true,
  largestCanary: 99,
  ownVariables: ['PATH', 'PORT'],
  holds: true,
  challengers: false,
  autoscaling: false,
  serving: ['command'],
  artifactSchemes: ['file'],
}
