import type { Blueprint } from '../../provision/blueprint.ts'
import { exitCodes, type Io } from '../command.ts'

export const templateFormats = ['cloudformation', 'terraform'] as const

/** Prints a template in one of `templateFormats`. */
export async function printTemplate(format: string, blueprint: Blueprint, io: Io): Promise<number> {
  if (format === 'terraform') {
    const { terraformText } = await import('../../provision/terraform.ts')
    io.out(terraformText(blueprint))
  } else {
    const { cloudFormationText } = await import('../../provision/cloudformation.ts')
    io.out(cloudFormationText(blueprint))
  }
  return exitCodes.done
}
