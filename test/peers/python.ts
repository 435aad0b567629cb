import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The versions that the suites were written against (PyPI). */
const packages = [
  'boto3==1.43.11',
  'awscli==1.45.11',
  'moto[server,all]==5.2.5',
  'cfn-lint==1.58.0',
  'python-hcl2==8.1.4',
]
const folder = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'peers')
/** Written when all of them were installed. */
const installed = join(folder, 'installed.txt')

export interface PythonTools {
  /** Has boto3 and python-hcl2. */
  readonly python: string
  readonly aws: string
  readonly motoServer: string
  readonly cfnLint: string
}

/** A Python with other people's tools in a folder of our own; a text says what is missing. */
export function pythonTools(): PythonTools | string {
  const program = (name: string): string => join(folder, 'bin', name)
  const tools = {
    python: program('python'),
    aws: program('aws'),
    motoServer: program('moto_server'),
    cfnLint: program('cfn-lint'),
  }
  if (existsSync(installed) && readFileSync(installed, 'utf8') === packages.join('\n')) return tools
  rmSync(installed, { force: true })
  if (spawnSync('python3', ['-m', 'venv', folder]).status !== 0) return 'python3 with the module venv'
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]
  const install = spawnSync(tools.python, pip)
  if (install.status !== 0) return `pip install ${packages.join(' ')}: ${lastLine(install.stderr)}`
  const missing = Object.values(tools).find((path) => !existsSync(path))
  if (missing !== undefined) return `${packages.join(' ')} do not have ${missing}`
  writeFileSync(installed, packages.join('\n'))
  return tools
}

function lastLine(output: Buffer): string {
  return output.toString().trim().split('\n').at(-1) ?? ''
}
