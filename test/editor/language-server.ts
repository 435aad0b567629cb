import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageReader, framed, type Message } from './messages.ts'

const server = join(import.meta.dirname, '../../node_modules/yaml-language-server/bin/yaml-language-server')

export interface Position {
  readonly line: number
  readonly character: number
}

export interface LspDiagnostic {
  readonly range: { readonly start: Position; readonly end: Position }
  readonly message: string
  readonly source?: string
}

export interface CompletionItem {
  readonly label: string
  readonly insertText?: string
  readonly documentation?: string | { readonly value: string }
  readonly textEdit?: { readonly newText: string; readonly range: { readonly start: Position; readonly end: Position } }
}

/** An editor without a screen: opens documents in the YAML language server and asks it what an editor asks. */
export class Editor {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #settings: unknown
  readonly #answers = new Map<number, (message: Message) => void>()
  readonly #diagnostics = new Map<string, (found: readonly LspDiagnostic[]) => void>()
  #requests = 0
  #asked = (): void => {}

  /** `yaml` is the section of that name in an editor's settings. The server never gets to ask the network. */
  static async start(root: string, yaml: Readonly<Record<string, unknown>> = {}): Promise<Editor> {
    const editor = new Editor({
      validate: true,
      hover: true,
      completion: true,
      schemaStore: { enable: false },
      ...yaml,
    })
    const uri = pathToFileURL(root).href
    await editor.#request('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'root' }],
      capabilities: {
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
        textDocument: {
          completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
          hover: { contentFormat: ['markdown'] },
        },
      },
    })
    const configured = new Promise<void>((resolve) => (editor.#asked = resolve))
    editor.#send({ method: 'initialized', params: {} })
    await configured // a document that is opened earlier would be checked without the settings
    return editor
  }

  private constructor(settings: unknown) {
    this.#settings = settings
    this.#process = spawn(process.execPath, [server, '--stdio'], { stdio: 'pipe' })
    const reader = new MessageReader((message) => this.#receive(message))
    this.#process.stdout.on('data', (chunk: Buffer) => reader.read(chunk))
    this.#process.stderr.resume()
  }

  /** Opens a document; what the server finds wrong with it. */
  async open(path: string, text: string): Promise<readonly LspDiagnostic[]> {
    const uri = pathToFileURL(path).href
    const found = new Promise<readonly LspDiagnostic[]>((resolve) => this.#diagnostics.set(uri, resolve))
    this.#send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'yaml', version: 1, text } },
    })
    return found
  }

  async complete(path: string, position: Position): Promise<readonly CompletionItem[]> {
    const result = await this.#request('textDocument/completion', at(path, position))
    return (result as { items: readonly CompletionItem[] }).items
  }

  /** The text that an editor shows above the place; empty for none. */
  async hover(path: string, position: Position): Promise<string> {
    const result = await this.#request('textDocument/hover', at(path, position))
    return (result as { contents: { value: string } } | null)?.contents.value ?? ''
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit')
    await this.#request('shutdown', undefined)
    this.#send({ method: 'exit' })
    await ended
  }

  #request(method: string, params: unknown): Promise<unknown> {
    const id = (this.#requests += 1)
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) =>
        error === undefined ? resolve(result) : reject(new Error(error.message)),
      )
      this.#send({ id, method, params })
    })
  }

  #send(message: Omit<Message, 'jsonrpc'>): void {
    this.#process.stdin.write(framed({ jsonrpc: '2.0', ...message }))
  }

  #receive({ id, method, params, result, error }: Message): void {
    if (method === undefined) {
      if (typeof id === 'number') this.#answers.get(id)?.({ jsonrpc: '2.0', result, ...(error && { error }) })
    } else if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: readonly LspDiagnostic[] }
      this.#diagnostics.get(uri)?.(diagnostics)
    } else if (id !== undefined) {
      this.#send({ id, result: method === 'workspace/configuration' ? this.#configuration(params) : null })
    }
  }

  #configuration(params: unknown): readonly unknown[] {
    this.#asked()
    const { items } = params as { items: readonly { section: string }[] }
    return items.map(({ section }) => (section === 'yaml' ? this.#settings : null))
  }
}

function at(path: string, position: Position): unknown {
  return { textDocument: { uri: pathToFileURL(path).href }, position }
}
