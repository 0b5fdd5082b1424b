import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter(),
      // SvelteKit accepts forms only from its origin, which you set when you build.
      paths: { origin: process.env.APP_ORIGIN },
    }),
  ],
})
