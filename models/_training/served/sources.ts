import { readFileSync } from 'node:fs'

export type ServedModel = 'doc_classification' | 'vehicle_repair_cost'

/** The files that every `trained` archive of a model has besides `model.json`. */
export function serverOf(model: ServedModel): readonly (readonly [string, string])[] {
  return [
    ['serve.mjs', source('serve.mjs')],
    ['predict.mjs', source(`${model}/predict.mjs`)],
  ]
}

function source(path: string): string {
  // A checkout on Windows may have turned the line ends; the archives' bytes must not change with it.
  return readFileSync(new URL(path, import.meta.url), 'utf8').replaceAll('\r\n', '\n')
}

/** How a packed model reads its own files and, below a folder of its name, those of another artifact. */
export function readerOf(files: ReadonlyMap<string, string>): (path: string) => string {
  return (path) => {
    const text = files.get(path)
    if (text === undefined) throw new Error(`${path} is not in the archives`)
    return text
  }
}
