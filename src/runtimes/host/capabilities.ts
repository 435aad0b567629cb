import type { Capabilities } from '../capabilities.ts'

export const hostCapabilities: Capabilities = {
  strategies: ['rolling'],
  modes: ['online'],
  endpointTypes: ['rest'],
  endpointAuth: ['none'],
  secrets: false,
  ownVariables: ['PATH', 'PORT'],
  holds: true,
  challengers: false,
  autoscaling: false,
  serving: ['command'],
  artifactSchemes: ['file'],
}
