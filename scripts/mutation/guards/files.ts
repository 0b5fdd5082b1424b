import { guardsIn, type Mutation } from '../mutation.ts'

const SEALED = 'The outbox stores no readable part of a token in any file, table or server log'
const BOUND = "Anyone who can write the outbox's database can neither send a token to another provider"
const FOLDER = "Other users of the machine can neither read nor change the outbox's folder"
const PRIVATE = 'Journals, their keys, outputs and other files of the command line are private'
const JOURNAL = 'A journal holds no token'

/** Two guards, of which each is enough on most systems. */
const LINKS = `if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw linkError(path)
  // Not blocking, because a pipe in the file's place would wait for someone at its other end.
  const flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK`

/** What is stored keeps secrets, too. */
export const fileGuards: readonly Mutation[] = [
  ...guardsIn({ promise: SEALED, file: 'packages/outbox/src/jwe.ts', test: 'packages/outbox/src/keyring.test.ts' }, [
    [
      'encrypts',
      "Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])",
      "Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]) && Buffer.from(text)",
      'gives back what it sealed, and shows only what it was told to show',
    ],
    [
      'uses a new initialization vector each time',
      'randomFillSync(Buffer.alloc(IV_BYTES))',
      'Buffer.alloc(IV_BYTES)',
      'never uses an initialisation vector twice',
    ],
    [
      'insists on the whole authentication tag',
      "createDecipheriv('aes-256-gcm', key, decode(iv), { authTagLength: TAG_BYTES })",
      "createDecipheriv('aes-256-gcm', key, decode(iv), { authTagLength: decode(tag).length })",
      'insists on the whole of the authentication tag',
    ],
  ]),
  ...guardsIn({ promise: SEALED, file: 'packages/outbox/src/entry.ts', test: 'tests/outbox/src/at-rest.test.ts' }, [
    [
      'stores tokens encrypted only',
      'return { jwe: this.#keyring.seal(kept, { at: about.addedAt, tokens, ...place }) }',
      'return { jwe: this.#keyring.seal(kept, { at: about.addedAt, tokens, ...place, kept }) }',
      'nothing of a token is in a folder, in whatever file',
    ],
  ]),
  ...guardsIn({ promise: BOUND, file: 'packages/outbox/src/entry.ts', test: 'packages/outbox/src/entry.test.ts' }, [
    [
      'opens a logout only in its own row and outbox',
      "if (ownId !== id || queue !== this.#queue) return 'misplaced'",
      '',
      'does not open a logout in the place of another one, of another outbox, or of another provider',
    ],
    [
      'opens a logout only for its own provider',
      "return this.#provider !== undefined && provider !== this.#provider ? 'other_provider' : undefined",
      'return undefined',
      'does not open a logout in the place of another one, of another outbox, or of another provider',
    ],
  ]),
  ...guardsIn({ promise: BOUND, file: 'packages/outbox/src/jwe.ts', test: 'packages/outbox/src/entry.test.ts' }, [
    [
      'authenticates the place together with the tokens',
      "cipher.setAAD(Buffer.from(protectedHeader))\n    cipher.setAuthTag(decode(tag))\n    return `${cipher.update(decode(encrypted), undefined, 'utf8')}${cipher.final('utf8')}`",
      "return cipher.update(decode(encrypted), undefined, 'utf8')",
      'cannot be made to forget the place by changing what is readable',
    ],
  ]),
  ...guardsIn(
    {
      promise: FOLDER,
      file: 'packages/private-store/src/private-folder.ts',
      test: 'packages/private-store/src/private-folder.test.ts',
    },
    [
      [
        'creates folders for this user alone, whatever the umask',
        '    mkdirSync(path, { mode: 0o700 })\n    // The umask may have removed even rights of the owner.\n    chmodSync(path, 0o700)',
        '    mkdirSync(path)',
        'creates a folder and its parents for this user alone, with umask %o',
      ],
      [
        'tightens an existing folder',
        '  if (wasOpen) checkContents(path, found, contents)\n  setMode(path, found)',
        '  if (wasOpen) checkContents(path, found, contents)',
        'makes an existing folder of mode %o private',
      ],
      [
        'locks nobody out of a folder that holds something else',
        '  if (wasOpen) checkContents(path, found, contents)\n',
        '',
        'leaves a folder open that holds something else, such as a project',
      ],
      [
        'refuses a parent that everybody can write',
        '  const byAll = (found.mode & 0o002) !== 0\n',
        '  const byAll = false\n',
        'refuses a folder in another one that everybody can write, and says how to change that',
      ],
      [
        'refuses a symbolic link in place of the folder',
        '  if (found.isSymbolicLink()) {\n    throw new NotPrivateError(`${path} is a symbolic link, which may change.',
        '  if (false) {\n    throw new NotPrivateError(`${path} is a symbolic link, which may change.',
        'refuses a symbolic link, also one that leads nowhere',
      ],
      [
        'tightens what is in the folder',
        '    checkOwner(path, found)\n    setMode(path, found)\n    const below',
        '    checkOwner(path, found)\n    const below',
        'takes from others what a folder holds, and tells whether they could change it',
      ],
      [
        'refuses links inside the folder',
        '    checkKind(path, found)\n    checkOwner(path, found)\n    setMode(path, found)',
        '    checkOwner(path, found)\n    setMode(path, found)',
        'refuses links of both kinds, and leaves alone what they lead to',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: FOLDER,
      file: 'packages/private-store/src/private-file.ts',
      test: 'packages/private-store/src/private-file.test.ts',
    },
    [
      [
        'follows no link',
        LINKS,
        LINKS.replace(/^.*\n/, '').replace('O_NOFOLLOW | ', ''),
        'follows no link, and creates nothing where one leads',
      ],
      [
        'refuses a file with a second name, and pipes',
        '    checkKind(path, found)\n    if (!found.isFile())',
        '    if (!found.isFile())',
        'refuses a file that has another name',
      ],
      [
        'takes the mode of an existing file from others',
        'if ((found.mode & 0o777) !== 0o600) await file.chmod(0o600)',
        '',
        'makes an existing file of mode %o private and keeps its content',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: FOLDER,
      file: 'packages/private-store/src/durable-files.ts',
      test: 'tests/outbox/src/local-users.test.ts',
    },
    [
      [
        'takes from others the files that Postgres creates',
        '      makePrivate(module.NODEFS)',
        '',
        'find nothing that they could read, whatever the umask, while the outbox is used and after',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The command line never repeats an argument',
      file: 'packages/cli/src/usage-error.ts',
      test: 'tests/cli/src/arguments.test.ts',
    },
    [
      [
        'names a wrong argument by its position',
        "  return at === -1 ? 'One of the arguments' : `Argument ${at + 1}`",
        '  return args[at] ?? message',
        'is not repeated as an argument of %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The command line never repeats an argument',
      file: 'packages/cli/src/files/shown-name.ts',
      test: 'tests/cli/src/arguments.test.ts',
    },
    [
      [
        'repeats a name only where there is such a file',
        '    return role',
        '    return path',
        'is not repeated as an argument of %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The command line never repeats an argument',
      file: 'packages/cli/src/store-address.ts',
      test: 'packages/cli/src/store-address.test.ts',
    },
    [
      [
        'decodes an address before it looks for a password',
        '  const text = decode(address)',
        '  const text = address',
        '%s may hold a password',
      ],
      [
        'knows the parameters that hold a password',
        ' || /(?:pass\\w*|pwd|secret|sslkey)\\s*=/i.test(text)',
        '',
        '%s may hold a password',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: JOURNAL,
      file: 'packages/cli/src/revoke/journal-key.ts',
      test: 'packages/cli/src/revoke/journal.test.ts',
    },
    [
      [
        'mixes a key into every sum',
        "createHmac('sha256', this.#key)",
        "createHmac('sha256', 'backend-logout')",
        'whoever has the journal alone cannot tell a right guess at a token from a wrong one',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: PRIVATE,
      file: 'packages/cli/src/files/private-file.ts',
      test: 'tests/cli/src/private-files.test.ts',
    },
    [
      [
        'opens its files by the gate for private files',
        'return await openPrivateFile(path, options)',
        "return await (await import('node:fs/promises')).open(path, 'a+')",
        'what is written with umask %s can be read by its owner alone',
      ],
    ],
  ),
]
