import { index, type RouteConfig, route } from '@react-router/dev/routes'

export default [
  index('routes/home.tsx'),
  route('login', 'routes/login.ts'),
  route('callback', 'routes/callback.ts'),
  route('logout', 'routes/logout.ts'),
  route('goodbye', 'routes/goodbye.tsx'),
] satisfies RouteConfig
