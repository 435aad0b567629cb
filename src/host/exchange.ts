import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { pointOf, type Choice } from './balancing.ts'
import { endToEndHeaders } from './forward.ts'
import type { RunningDeployment } from './running-deployment.ts'

/** One request for a prediction, and its answer. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly deployment: RunningDeployment
  readonly query: string
  readonly inferenceId: string
  /** Aborted when the client goes away. */
  readonly gone: AbortSignal
}

/** The caller's id for this inference, where it gave one that can be one. */
export function inferenceIdOf(request: IncomingMessage): string | undefined {
  const given = request.headers['x-inference-id']
  return typeof given === 'string' && /^[A-Za-z0-9._:-]{1,128}$/.test(given) ? given : undefined
}

/** The caller's place, where the deployment keeps callers on their set and this one says who it is. */
export function callerPoint({ request, deployment }: Exchange): number | null {
  const { key, body } = deployment.desired
  const value = body.sticky_header === null ? undefined : request.headers[body.sticky_header.toLowerCase()]
  return value === undefined || value.length === 0 ? null : pointOf(key, value.toString())
}

/** What a server gets to see. A token that the gateway has checked is not for it. */
export function headersForServer({ request, deployment, inferenceId }: Exchange): OutgoingHttpHeaders {
  const { authorization, ...kept } = endToEndHeaders(request)
  const passed = deployment.desired.body.auth === null && authorization !== undefined ? { authorization } : {}
  return { ...kept, ...passed, 'x-inference-id': inferenceId }
}

/** Whatever the answer becomes, it says whose it is. */
export function nameChoice(response: ServerResponse, { target }: Choice): void {
  response.setHeader('x-model-version', String(target.modelVersion))
  response.setHeader('x-deployment-id', target.setId)
}
