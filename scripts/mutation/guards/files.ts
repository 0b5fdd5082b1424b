import { guardsIn, type Mutation } from '../mutation.ts'

const SEALED = 'The outbox stores no readable part of a token in any file, table or server log'
const BOUND = "Anyone who can write the outbox's database can neither send a token to another provider"
const FOLDER = "Other users of the machine can neither read nor change the outbox's folder"
const PRIVATE = 'Journals, their keys, outputs and other files of the command line are private'
const CACHE = 'The command line runs compiled code from its cache only if'
const JOURNAL = 'A journal holds no token'

/** Two guards, each of which is enough on most systems. */
const LINKS = `if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw linkError(path)
  // Not blocking, because a pipe in the file's place would wait for someone at its other end.
  const flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK`

/** Stored data also keeps secrets. */
export const fileGuards: readonly Mutation[] = [
  ...guardsIn({ promise: SEALED, file: 'packages/outbox/src/jwe.ts', test: 'packages/outbox/src/keyring.test.ts' }, [
    [
      'encrypts',
      "Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])",
      "Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]) && Buffer.from(text)",
      'opens what it sealed, and leaves only the chosen part readable',
    ],
    [
      'uses a new initialization vector each time',
      'randomFillSync(Buffer.alloc(IV_BYTES))',
      'Buffer.alloc(IV_BYTES)',
      'never uses an initialization vector twice',
    ],
    [
      'requires the whole authentication tag',
      "createDecipheriv('aes-256-gcm', key, decode(iv), { authTagLength: TAG_BYTES })",
      "createDecipheriv('aes-256-gcm', key, decode(iv), { authTagLength: decode(tag).length })",
      'requires the complete authentication tag',
    ],
  ]),
  ...guardsIn({ promise: SEALED, file: 'packages/outbox/src/entry.ts', test: 'tests/outbox/src/at-rest.test.ts' }, [
    [
      'stores only encrypted tokens',
      'return { jwe: this.#keyring.seal(kept, { at: about.addedAt, tokens, ...place }) }',
      'return { jwe: this.#keyring.seal(kept, { at: about.addedAt, tokens, ...place, kept }) }',
      'no file of a folder contains any part of a token',
    ],
  ]),
  ...guardsIn({ promise: BOUND, file: 'packages/outbox/src/entry.ts', test: 'packages/outbox/src/entry.test.ts' }, [
    [
      'opens a logout only in its own row and outbox',
      "if (ownId !== id || queue !== this.#queue) return 'misplaced'",
      '',
      'does not open a logout in another row, outbox or provider',
    ],
    [
      'opens a logout only for its own provider',
      "return this.#provider !== undefined && provider !== this.#provider ? 'other_provider' : undefined",
      'return undefined',
      'does not open a logout in another row, outbox or provider',
    ],
  ]),
  ...guardsIn({ promise: BOUND, file: 'packages/outbox/src/jwe.ts', test: 'packages/outbox/src/entry.test.ts' }, [
    [
      'authenticates the place together with the tokens',
      "cipher.setAAD(Buffer.from(protectedHeader))\n    cipher.setAuthTag(decode(tag))\n    return `${cipher.update(decode(encrypted), undefined, 'utf8')}${cipher.final('utf8')}`",
      "return cipher.update(decode(encrypted), undefined, 'utf8')",
      'cannot be made to ignore the place by a change of the readable part',
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
        '    mkdirSync(path, { mode: 0o700 })\n    // The umask may have removed rights of the owner.\n    chmodSync(path, 0o700)',
        '    mkdirSync(path)',
        'creates a folder and its parents for this user alone, with umask %o',
      ],
      [
        'makes an existing folder private',
        '  if (wasOpen) checkContents(path, found, contents)\n  setMode(path, found)',
        '  if (wasOpen) checkContents(path, found, contents)',
        'makes an existing folder of mode %o private',
      ],
      [
        'does not lock others out of a folder with other files',
        '  if (wasOpen) checkContents(path, found, contents)\n',
        '',
        'leaves a folder unchanged that holds other files, such as a project',
      ],
      [
        'refuses a parent that everyone can write',
        '  const byAll = (found.mode & 0o002) !== 0\n',
        '  const byAll = false\n',
        'refuses a folder in another one that everyone can write, and states how to change that',
      ],
      [
        'refuses a symbolic link in place of the folder',
        '  if (found.isSymbolicLink()) {\n    throw new NotPrivateError(`${path} is a symbolic link, which may change.',
        '  if (false) {\n    throw new NotPrivateError(`${path} is a symbolic link, which may change.',
        'refuses a symbolic link, even one that leads nowhere',
      ],
      [
        'makes the content of the folder private',
        '    checkOwner(path, found)\n    setMode(path, found)\n    const below',
        '    checkOwner(path, found)\n    const below',
        'makes the content of a folder private, and reports whether others could change it',
      ],
      [
        'refuses links inside the folder',
        '    checkKind(path, found)\n    checkOwner(path, found)\n    setMode(path, found)',
        '    checkOwner(path, found)\n    setMode(path, found)',
        'refuses links of both kinds, and leaves their targets unchanged',
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
        'follows no link, and creates nothing at its target',
      ],
      [
        'refuses a file with a second name, and pipes',
        '    checkKind(path, found)\n    if (!found.isFile())',
        '    if (!found.isFile())',
        'refuses a file with a second name',
      ],
      [
        'removes the rights of others from an existing file',
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
        'removes the rights of others from files that Postgres creates',
        '      makePrivate(module.NODEFS)',
        '',
        'find nothing readable, whatever the umask, during and after use of the outbox',
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
        'as an argument of %s, it is not repeated',
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
        'repeats a name only if there is such a file',
        '    return role',
        '    return path',
        'as an argument of %s, it is not repeated',
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
        '%s may contain a password',
      ],
      [
        'recognizes the parameters that contain a password',
        ' || /(?:pass\\w*|pwd|secret|sslkey)\\s*=/i.test(text)',
        '',
        '%s may contain a password',
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
        'someone who has only the journal cannot test a guess at a token',
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
        'opens its files as private files',
        'return await openPrivateFile(path, options)',
        "return await (await import('node:fs/promises')).open(path, 'a+')",
        'only the owner can read files written with umask %s',
      ],
    ],
  ),
  ...guardsIn({ promise: CACHE, file: 'packages/cli/src/code-cache.ts', test: 'tests/cli/src/code-cache.test.ts' }, [
    [
      'requires that other users have no rights to the folder',
      ' || (found.mode & 0o077) !== 0) return false',
      ') return false',
      'a cache with mode %o is neither used nor changed',
    ],
    [
      'requires parents in which no other user can replace the folder',
      'if (!keepsItsFolders(lstatSync(dirname(at)), user)) return false',
      'lstatSync(dirname(at))',
      'a cache that others could replace, because of the mode of a parent, is not used',
    ],
    [
      'follows no link',
      '    if (lstatSync(folder).isSymbolicLink()) return undefined\n',
      '',
      'a symbolic link in place of the cache is not followed',
    ],
    [
      'creates folders for this user alone',
      'mkdirSync(folder, { mode: 0o700 })',
      'mkdirSync(folder)',
      'a home gets the folder for caches that it does not have yet',
    ],
  ]),
  ...guardsIn({ promise: CACHE, file: 'packages/cli/src/code-cache.ts', test: 'packages/cli/src/code-cache.test.ts' }, [
    [
      'requires that the folder belongs to this user',
      'found.uid !== user || ',
      '',
      'only the user whose folder it is gets a cache',
    ],
    [
      "creates nothing in another user's home",
      'if (user === undefined || statSync(dirname(folder)).uid === user) mkdirSync',
      'mkdirSync',
      'only the user whose folder it is gets a cache',
    ],
    [
      'keeps the cache out of the working directory',
      'folder && isAbsolute(folder) ?',
      'folder ?',
      'on %s, with %j, the cache is in %s',
    ],
  ]),
]
