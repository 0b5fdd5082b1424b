/**
 * Logs users out at GenAuth, and receives its webhooks.
 *
 * @module
 */
export { checkSessionStatus, type KickedUser, kickUser, type UserKick } from './kick-user.ts'
export type { GenAuthManagement } from './management-options.ts'
export type { GenAuthEvent } from './webhook-event.ts'
export {
  createGenAuthWebhookHandler,
  type GenAuthWebhookHandler,
  type GenAuthWebhookOptions,
} from './webhook-handler.ts'
