/** What one look at a unit came to; the kind carries the policy for what happens next. */
export type Outcome =
  | { readonly kind: 'done' }
  /** On its way: look again after `afterMs`. */
  | { readonly kind: 'requeue'; readonly afterMs: number }
  /** It goes no further until something outside lets it: nobody has to wait for it, or to be told of a failure. */
  | { readonly kind: 'waiting'; readonly reason: string }
  /** A person must act; it is not tried again before something changes. */
  | { readonly kind: 'stalled'; readonly reason: string }
  /** Tried again with back-off. */
  | { readonly kind: 'failed'; readonly reason: string }
