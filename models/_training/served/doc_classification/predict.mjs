// The classifier that is packed with every version of doc_classification. Training uses the same `featuresOf`, so a
// model sees in production what it saw in training.

/** The words of a document, and the pairs of neighbours if the model wants them. */
export function featuresOf(text, { pairs, stopWords }) {
  const normalised = text.normalize('NFKC').toLowerCase()
  const words = (normalised.match(/\p{L}+/gu) ?? []).filter((word) => !stopWords.has(word))
  return pairs ? [...words, ...words.slice(1).map((word, index) => `${words[index]} ${word}`)] : words
}

/** `readText` gives the text of a file of the unpacked archives, by its path. */
export function load(readText) {
  const model = JSON.parse(readText('model.json'))
  const { labels, scale, temperature, bias } = model
  const weights = new Map(Object.entries(model.weights))
  const stopWords = new Set(model.stop_words === null ? [] : JSON.parse(readText(model.stop_words)))

  return {
    about: { model: model.model, version: model.version },
    problemOf(instance) {
      if (typeof instance !== 'object' || instance === null || Array.isArray(instance)) {
        return 'expected an object with text'
      }
      const { text } = instance
      if (typeof text !== 'string') return 'text must be a string'
      return text.trim() === '' ? 'text is empty' : null
    },
    predict({ text }) {
      const sums = [...bias]
      for (const feature of featuresOf(text, { pairs: model.pairs, stopWords })) {
        weights.get(feature)?.forEach((weight, index) => (sums[index] += weight))
      }
      const best = sums.indexOf(Math.max(...sums))
      const total = sums.reduce((sum, value) => sum + Math.exp(((value - sums[best]) * scale) / temperature), 0)
      return { label: labels[best], score: Math.round(1e4 / total) / 1e4 }
    },
  }
}
