/** Archives that no honest packer writes: headers by hand (POSIX ustar). */
export interface RawEntry {
  readonly path: string
  readonly body?: string | Uint8Array
  /** `0` file, `1` hard link, `2` symbolic link, `3` character device, `5` folder, `6` fifo. */
  readonly type?: string
  readonly link?: string
  readonly mode?: number
}

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`

function header({ path, type = '0', link = '', mode = 0o644 }: RawEntry, size: number): Buffer {
  const block = Buffer.alloc(512)
  block.write(path, 0, 100, 'latin1')
  block.write(octal(mode, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(size, 12), 124)
  block.write(octal(0, 12), 136)
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  block.write(link, 157, 100, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

/** A pax extended header: the way to names that a plain header can't hold. */
export function paxOf(fields: Record<string, string>): RawEntry {
  const records = Object.entries(fields).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`
    let length = rest.length
    while (String(length).length + rest.length !== length) length = String(length).length + rest.length
    return `${length}${rest}`
  })
  return { path: 'PaxHeader', type: 'x', body: records.join('') }
}

export function tarOf(entries: readonly RawEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const body = Buffer.from(entry.body ?? '')
    return [header(entry, body.length), body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}
