/** A JSON-RPC message of the language server protocol. */
export interface Message {
  readonly jsonrpc: '2.0'
  readonly id?: number | string
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** The bytes of a message: a header with the length of the body in bytes, an empty line, the body. */
export function framed(message: Message): string {
  const body = JSON.stringify(message)
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** Takes bytes as they arrive and hands on every message that is whole. */
export class MessageReader {
  #rest = Buffer.alloc(0)
  readonly #receive: (message: Message) => void

  constructor(receive: (message: Message) => void) {
    this.#receive = receive
  }

  read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk])
    for (let body = this.#next(); body !== null; body = this.#next()) this.#receive(JSON.parse(body.toString('utf8')))
  }

  #next(): Buffer | null {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end === -1) return null
    const length = Number(/Content-Length: (\d+)/i.exec(this.#rest.toString('latin1', 0, end))?.[1])
    const from = end + 4
    if (this.#rest.length < from + length) return null
    const body = this.#rest.subarray(from, from + length)
    this.#rest = this.#rest.subarray(from + length)
    return body
  }
}
