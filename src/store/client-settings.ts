/**
 * What any AWS SDK client needs to talk to the embedded store. The engine checks no signature; fixed credentials keep
 * the SDK from looking for real ones.
 */
export function embeddedClientSettings(endpoint: string) {
  return {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  } as const
}
