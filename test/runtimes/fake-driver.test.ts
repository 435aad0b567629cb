import { FakeDriver } from '../support/fake-driver.ts'
import { describeDriver } from './driver-contract.ts'

describeDriver('the driver in memory', async () => {
  const driver = new FakeDriver()
  driver.target.crashing.set(4, 'the server exited with code 1')
  driver.target.broken.set(3, 'cannot load the model: bad magic number')
  return {
    driver,
    change: ({ key, version }) => ({
      key,
      runtime: { name: 'fake', config: {} },
      epoch: 1,
      deploymentId: '1',
      modelVersion: version,
      path: key.replace('#', '/'),
      artifacts: [],
      command: ['serve'],
      environmentVariables: [],
      replicas: 1,
      replicasBefore: null,
      strategy: 'rolling',
      stickyHeader: null,
      tokenRef: null,
    }),
    close: async () => undefined,
  }
})
