/** A packed package: the output of packing and the input of publishing. */
export interface Tarball {
  readonly name: string
  readonly version: string
  /** In the folder of `release.json`. */
  readonly file: string
  /** In npm's format: `sha512-` and base64. */
  readonly integrity: string
}

/** The content of `release.json`. */
export interface Release {
  /** The packed commit. JSR publishes sources: those of this commit only. */
  readonly commit: string
  /** Each after those that it depends on. */
  readonly tarballs: readonly Tarball[]
}
