/** How a scalar is quoted if its value allows it. */
export type Quote = 'plain' | 'single' | 'double'

export type ScalarValue = null | boolean | number | string

/** Writes a scalar in one line; `inFlow` is inside of brackets or braces, where commas and brackets mean more. */
export function writeScalar(value: ScalarValue, quote: Quote, inFlow: boolean): string {
  if (typeof value === 'number') return numberText(value)
  if (typeof value !== 'string') return String(value)
  if (quote === 'plain' && isSafePlain(value, inFlow)) return value
  if (quote === 'single' && isPrintable(value)) return `'${value.replaceAll("'", "''")}'`
  return doubleQuoted(value)
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value < 0 ? '-.inf' : '.inf'
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Line ends, control characters and invisible marks need an escape. */
export function isPrintable(value: string): boolean {
  return !/[\p{Cc}\p{Cs}\u2028\u2029\uFEFF]/u.test(value)
}

function doubleQuoted(value: string): string {
  return JSON.stringify(value).replaceAll(/[\u007F-\u009F\u2028\u2029\uFEFF]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** Null, booleans and numbers of YAML 1.2, and what readers of YAML 1.1 take for one of them. */
const otherTypes = [
  /^(?:~|null|true|false|yes|no|on|off|y|n)$/i,
  /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[\da-f_]+)$/i,
  /^[-+]?(?:\.\d+|\d[\d_]*(?:\.[\d_]*)?)(?:e[-+]?\d+)?$/i,
  /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/,
  /^[-+]?\.(?:inf|nan)$/i,
  /^(?:<<|=)$/,
]

/** Whether a plain scalar of this text reads back as the same text in any reader. */
export function isSafePlain(value: string, inFlow: boolean): boolean {
  if (value === '' || value !== value.trim() || !isPrintable(value)) return false
  if (/^[-?:,[\]{}#&*!|>'"%@`]/.test(value) && !/^[-?:][^\s,[\]{}]/.test(value)) return false
  if (/^(?:---|\.\.\.)/.test(value) || /:(?:\s|$)|\s#/.test(value)) return false
  if (inFlow && (/[,[\]{}]/.test(value) || /^[?:]/.test(value))) return false
  return !otherTypes.some((pattern) => pattern.test(value))
}
