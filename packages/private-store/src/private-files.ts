/**
 * Keeps files and folders private: as the stores do for their own folders, for journals, keys and other files next to
 * them. Windows has no such users and modes; there, nothing is checked or changed.
 *
 * @module
 */
export { lockFile } from './file-lock.ts'
export { NotPrivateError } from './ownership.ts'
export { describeExposure, type OpenPrivateOptions, openPrivateFile } from './private-file.ts'
export { makeFolderPrivate, type PrivateFolder } from './private-folder.ts'
