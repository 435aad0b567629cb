import { exitCodes, type PlainCommand } from '../command.ts'
import { completionScripts } from '../completion/scripts.ts'
import { usageError } from '../parse.ts'

export const completion: PlainCommand = {
  name: 'completion',
  summary: 'prints a completion script for bash, zsh or fish',
  arguments: ['SHELL'],
  options: [],
  detail:
    'Completes commands, options and their values; models, versions, stages, runtimes and revisions are those of the\n' +
    'work tree, by their paths.',
  examples: [
    'source <(steward completion bash)',
    'steward completion zsh > ~/.zsh/completions/_steward',
    'steward completion fish > ~/.config/fish/completions/steward.fish',
  ],
  async answer({ arguments: [shell = ''], io }) {
    const script = completionScripts.get(shell)
    if (script === undefined) {
      throw usageError(`there is no completion for ${shell}`, `Use ${[...completionScripts.keys()].join(', ')}.`)
    }
    io.out(io.json ? JSON.stringify({ format: 'steward.completion/v1', shell, script }) : script.trimEnd())
    return exitCodes.done
  },
}
