import type { ActionFunctionArgs } from 'react-router'
import { logout } from '../logout.server'

export const action = ({ request }: ActionFunctionArgs): Promise<Response> => logout(request)
