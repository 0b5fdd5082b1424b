declare module 'undici/lib/dispatcher/pool.js' {
  // biome-ignore lint/style/noDefaultExport: this is what a module of CommonJS looks like to one of JavaScript.
  export { Pool as default } from 'undici'
}
declare module 'undici/lib/core/connect.js' {
  // biome-ignore lint/style/noDefaultExport: as above.
  export { buildConnector as default } from 'undici'
}
