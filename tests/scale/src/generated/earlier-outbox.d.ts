export { openOutbox } from '@backend-logout/outbox'
