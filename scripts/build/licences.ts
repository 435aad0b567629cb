import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

/** The licence of every package that is in the bundle, as those licences ask. */
export async function licenceTexts(metafile: Metafile, checkout: string): Promise<string> {
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
  const names = new Set(used.flatMap((path) => packageOf(path) ?? []))
  const texts = await Promise.all([...names].sort().map((name) => licenceOf(name, checkout)))
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

/** `node_modules/@scope/name` of a file in it; null for a file of ours. */
function packageOf(path: string): string | null {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? null
}

async function licenceOf(folder: string, checkout: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(checkout, folder, 'package.json'), 'utf8'))
  const about = typeof manifest === 'object' && manifest !== null ? manifest : {}
  const { name, version, license } = { name: folder, version: '', license: 'unknown', ...about }
  const files = (await readdir(join(checkout, folder))).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort()
  const texts = await Promise.all(files.map((file) => readFile(join(checkout, folder, file), 'utf8')))
  return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim()), ''].join('\n\n')
}
