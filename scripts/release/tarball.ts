/** A packed package: what packing hands to publishing. */
export interface Tarball {
  readonly name: string
  readonly version: string
  /** In the folder of `release.json`. */
  readonly file: string
  /** As npm writes it: `sha512-` and base64. */
  readonly integrity: string
}

/** The content of `release.json`. */
export interface Release {
  /** The commit that was packed. JSR takes sources; they are published from this commit and no other. */
  readonly commit: string
  /** Each after those that it depends on. */
  readonly tarballs: readonly Tarball[]
}
