/** A request that the control API or the gateway answers with an error: `{code, message}` and this status. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.code = code
  }
}

export function invalid(message: string, code = 'invalid'): Refusal {
  return new Refusal(422, code, message)
}
