import type { Command } from '../command.ts'
import { apply } from './apply.ts'
import { completion } from './completion.ts'
import { init } from './init.ts'
import { history } from './history.ts'
import { host } from './host.ts'
import { newDeploymentCommand } from './new-deployment.ts'
import { newModelCommand } from './new-model.ts'
import { newVersionCommand } from './new-version.ts'
import { plan } from './plan.ts'
import { serve } from './serve.ts'
import { status } from './status.ts'
import { store } from './store.ts'
import { tablesCreate } from './tables-create.ts'
import { validate } from './validate.ts'
import { version } from './version.ts'

export const commands: readonly Command[] = [
  init,
  newModelCommand,
  newVersionCommand,
  newDeploymentCommand,
  validate,
  plan,
  apply,
  status,
  history,
  serve,
  host,
  store,
  tablesCreate,
  completion,
  version,
]
