import { crc32 } from 'node:zlib'

const LARGEST_STORED_BLOCK = 65_535
// Magic number, deflate, no flags, no time, no extra flags, operating system unknown (RFC 1952).
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])

/**
 * A gzip stream of stored (uncompressed) blocks. Written here because a compressor's output belongs to its version:
 * Node's zlib differs between releases and processors, and writes the operating system into the header. The sha256
 * of an archive is part of a registered version, so a rebuild must give the same bytes on every machine.
 */
export function storedGzip(content: Buffer): Buffer {
  const blocks: Buffer[] = []
  for (let start = 0; start === 0 || start < content.length; start += LARGEST_STORED_BLOCK) {
    const part = content.subarray(start, start + LARGEST_STORED_BLOCK)
    const last = start + LARGEST_STORED_BLOCK >= content.length
    const head = Buffer.alloc(5)
    head.writeUInt8(last ? 1 : 0, 0)
    head.writeUInt16LE(part.length, 1)
    head.writeUInt16LE(~part.length & 0xffff, 3)
    blocks.push(head, part)
  }
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(content), 0)
  trailer.writeUInt32LE(content.length, 4)
  return Buffer.concat([HEADER, ...blocks, trailer])
}
