import { guardsIn, type Mutation } from '../mutation.ts'

/** An installation contains only reviewed code. */
export const releaseGuards: readonly Mutation[] = [
  ...guardsIn(
    {
      promise: 'Packages contain exactly the listed files',
      file: 'packages/node/package.json',
      test: 'tests/packaging/src/tarball.test.ts',
    },
    [
      [
        'packs dist, and no sources or reports',
        '    "dist"\n  ]',
        '    "dist",\n    "etc"\n  ]',
        '$name contains exactly the listed files',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'Core has one dependency',
      file: 'packages/node/package.json',
      test: 'tests/packaging/src/tarball.test.ts',
    },
    [
      [
        'has no script that runs when it is installed',
        '  "scripts": {',
        '  "scripts": {\n    "postinstall": "true",',
        '$name runs nothing when it is installed',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The published files are those that were packed, by a job that does nothing else, with provenance',
      file: 'scripts/release/publish.ts',
      test: 'tests/packaging/src/release.test.ts',
    },
    [
      [
        'compares each tarball with the digest of the packed one',
        'for (const tarball of tarballs) await check(tarball)',
        '',
        'a tarball that differs from the packed one is not published',
      ],
      [
        'compares the commit of the sources with the one that was packed',
        'if (here !== commit) throw',
        'if (false) throw',
        'sources that differ from the packed commit are not published',
      ],
      [
        'refuses sources that were changed',
        "if (changed !== '') throw",
        'if (false) throw',
        'sources that are not committed are not published',
      ],
    ],
  ),
]
