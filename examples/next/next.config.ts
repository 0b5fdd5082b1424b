import type { NextConfig } from 'next'

// As new applications have it.
export default { cacheComponents: true, partialPrefetching: true } satisfies NextConfig
