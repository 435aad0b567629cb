import { checkSecretText, secretProblem, type SecretProvider } from './secret-provider.ts'
import { Secret } from './secret.ts'

/** `env:NAME`: a variable of this program's own environment, read through `variable`. */
export function envProvider(variable: (name: string) => string | undefined): SecretProvider {
  return {
    scheme: 'env',
    async resolve(name) {
      const value = variable(name)
      if (typeof value !== 'string') {
        throw secretProblem(`the variable ${name} is not set`, 'Set it where this program is started.')
      }
      return new Secret(checkSecretText(value))
    },
  }
}
