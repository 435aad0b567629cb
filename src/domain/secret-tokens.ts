/**
 * Texts that are secrets whatever they are called, by the forms that their issuers document: AWS access keys, tokens
 * of GitHub, Slack, OpenAI and Google, JSON web tokens, private keys, and passwords in addresses. Nothing of unbounded
 * length begins at every character, so that a long text is looked at in one go.
 */
const tokens =
  /(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36}|ghs_[A-Za-z0-9._-]{36}|github_pat_[A-Za-z0-9_]{60}|xox[abprs]-[A-Za-z0-9-]{10}|sk-[A-Za-z0-9_-]{32}|AIza[A-Za-z0-9_-]{35}|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8}|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----|(?<=[a-z0-9+.-]):\/\/[^/\s:@]+:[^/\s:@$]+@/

/** The same, with all that belongs to it. */
const whole = new RegExp(`(?:${tokens.source})[^\\s"',}\\]]*`, 'g')
/** A line of a key. */
const keyLine = /[A-Za-z0-9+/=]{40,}/g

/** Beginnings of what `tokens` finds: looking for a word is many times faster than the expression. */
const beginnings = ['AKIA', 'ASIA', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'xox', 'sk-', 'AIza', 'eyJ']

/** Whether a text is worth a look. */
export function mayHoldToken(text: string): boolean {
  if (beginnings.some((word) => text.includes(word)) || text.includes('PRIVATE KEY')) return true
  return (text.includes('://') && text.includes('@')) || text.includes('\\')
}

export function isSecretToken(text: string): boolean {
  return tokens.test(text)
}

/** A text with everything that certainly is a secret made unreadable; for what is shown of a document. */
export function maskTokens(text: string): string {
  if (!mayHoldToken(text)) return text
  const masked = text.replaceAll(whole, (found) => '*'.repeat(found.length))
  return text.includes('PRIVATE KEY') ? masked.replaceAll(keyLine, (found) => '*'.repeat(found.length)) : masked
}
