/**
 * The page for addresses that do not exist. Servers show it for any address, in any folder, so it requires no file
 * except the icon, and finds the start of the site by the site's folders.
 *
 * @param site The name of the site.
 */
export function notFoundPage(site: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Page not found | ${site}</title>
<script>
const folders = /\\/(?:assets|classes|documents|functions|interfaces|media|modules|types|variables)\\/.*|\\/[^/]*$/
document.head.append(Object.assign(document.createElement('base'), { href: location.pathname.replace(folders, '/') }))
</script>
<link rel="icon" href="assets/favicon.svg" type="image/svg+xml">
<style>
:root { color-scheme: light dark }
html { background: light-dark(#fff, #1f2327); color: light-dark(#222, #f5f5f5) }
body { max-width: 34rem; margin: 15vh auto 0; padding: 0 1rem; font: 1.0625rem/1.55 system-ui, sans-serif }
a { color: light-dark(#0b6b63, #5fd6c8) }
</style>
</head>
<body>
<main>
<h1>Page not found</h1>
<p>The page has moved, or its address has a typing error.</p>
<ul>
<li><a href="index.html">Start page</a>, with the search</li>
<li><a href="documents/which-package.html">Which package do I need?</a></li>
</ul>
</main>
</body>
</html>
`
}
