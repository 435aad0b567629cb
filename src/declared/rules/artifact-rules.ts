import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import type { Fault, YamlDocument } from '../fault.ts'

/** Amazon S3 User Guide, "General purpose bucket naming rules". */
const bucketName = /^(?=.{3,63}$)[a-z0-9](?:[a-z0-9-]|\.(?!\.))*[a-z0-9]$/

/** Artifacts in buckets that can not exist, such as those of addresses that were written before the rule. */
export function checkBuckets(value: JsonObject, document: YamlDocument): Fault[] {
  const artifacts = Array.isArray(value.artifacts) ? value.artifacts : []
  return artifacts.filter(isJsonObject).flatMap(({ uri }, index): Fault[] => {
    const bucket = /^s3:\/\/([^/]*)/.exec(String(uri))?.[1]
    if (bucket === undefined || bucketName.test(bucket)) return []
    // What stands before an @ may be a password.
    const name = bucket.replace(/^.*@/, '…@')
    const summary = `${name === '' ? 'an empty name' : name} is no name that a bucket can have`
    const help = 'Bucket names hold lower-case letters, digits, dots and hyphens, 3 to 63 characters.'
    const path = ['artifacts', index, 'uri']
    return [{ code: 'ST1228', summary, help, range: document.rangeOf(path), pointer: `/${path.join('/')}` }]
  })
}
