export interface Features {
  readonly pairs: boolean
  readonly stopWords: ReadonlySet<string>
}

export declare function featuresOf(text: string, features: Features): string[]

export interface DocumentClassifier {
  readonly about: { readonly model: string; readonly version: number }
  /** What is wrong with an instance; null if it can be classified. */
  problemOf(instance: unknown): string | null
  predict(instance: { readonly text: string }): { readonly label: string; readonly score: number }
}

export declare function load(readText: (path: string) => string): DocumentClassifier
