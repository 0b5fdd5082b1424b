// Shows newcomers where to begin; whoever closes a section finds it closed the next time.
for (const section of ['Start here', 'Frameworks', 'Guides']) {
  const key = `tsd-accordion-${section}`
  try {
    if (localStorage.getItem(key) !== null) continue
    localStorage.setItem(key, 'true')
  } catch {
    // Without storage there is nothing to remember.
  }
  // The navigation may be there already.
  const summary = document.querySelector(`summary[data-key="${section}"]`)
  if (summary?.parentElement instanceof HTMLDetailsElement) summary.parentElement.open = true
}
