import { formsOf } from './redaction.ts'
import { WINDOW } from './shared-windows.ts'

/** The limits on the number of tokens and on their length: each text is compared with all of them. */
const MOST = 32
const LONGEST = 4_096

/** Adds a token to those of a client's last calls, in the forms in which a provider may repeat it. */
export function remember(recent: Set<string>, token: string): void {
  for (const form of formsOf([token])) {
    // A token that is sent again becomes the last one.
    recent.delete(form)
    if (form.length >= WINDOW && form.length <= LONGEST) recent.add(form)
    for (const oldest of recent) if (recent.size > MOST) recent.delete(oldest)
  }
}
