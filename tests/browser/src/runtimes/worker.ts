import { waitUntil } from 'cloudflare:workers'
import { type ApplicationSettings, createApplication } from './application.ts'

let application: ReturnType<typeof createApplication> | undefined

// biome-ignore lint/style/noDefaultExport: workerd takes the handler from there
export default {
  fetch(request: Request, env: { SETTINGS: ApplicationSettings }): Promise<Response> {
    application ??= createApplication({ ...env.SETTINGS, waitUntil })
    return application(request)
  },
}
