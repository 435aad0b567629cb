import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The versions that the suites were written against (PyPI). */
const packages = ['boto3==1.43.11', 'awscli==1.45.11']
const folder = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'peers')

export interface PythonTools {
  readonly python: string
  readonly aws: string
}

/** A Python with boto3 and the AWS command line in a folder of our own; a text says what is missing. */
export function pythonTools(): PythonTools | string {
  const tools = { python: join(folder, 'bin', 'python'), aws: join(folder, 'bin', 'aws') }
  if (works(tools)) return tools
  if (spawnSync('python3', ['-m', 'venv', folder]).status !== 0) return 'python3 with the module venv'
  const install = spawnSync(tools.python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    ...packages,
  ])
  if (install.status !== 0)
    return `pip install ${packages.join(' ')}: ${install.stderr.toString().trim().split('\n').at(-1)}`
  return works(tools) ? tools : `${packages.join(' ')} do not start`
}

function works({ python, aws }: PythonTools): boolean {
  return existsSync(aws) && spawnSync(python, ['-c', 'import boto3']).status === 0
}
