// Who is signed in. The cookie is the server's and cannot be read here; what unsafe requests have
// to carry beside it is kept in memory alone.
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, type Problem, type Schema, csrfHeader, setCsrf } from '@/data/client'

export const ROLES = [
  'admin',
  'analyst',
  'region_manager',
  'dealer_manager',
  'sales',
  'read_only',
] as const
export type Role = (typeof ROLES)[number]

export type Session = Schema['Session']

/** A request below /api/v1, and its answer; anything but success is thrown. */
export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  let response: Response
  try {
    response = await fetch(`/api/v1/${path}`, {
      method,
      credentials: 'same-origin',
      headers: {
        ...csrfHeader(),
        ...headers,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    throw new ApiError(0, undefined)
  }
  if (!response.ok) {
    const problem: unknown = await response.json().catch(() => undefined)
    throw new ApiError(response.status, problem as Problem | undefined)
  }
  return (response.status === 204 ? undefined : await response.json()) as T
}

async function readSession(): Promise<Session | null> {
  try {
    const session = await call<Session>('GET', 'session')
    setCsrf(session.csrf)
    return session
  } catch (error) {
    // 401: nobody is signed in, which is an answer, too.
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}

const session = {
  queryKey: ['session'],
  queryFn: readSession,
  staleTime: Infinity,
  retry: true,
  retryDelay: 1_000,
}

export const useSession = () => useQuery(session)

/** Asks before anything is drawn whether somebody is in; what fails is asked again then. */
export async function prefetchSession(client: QueryClient): Promise<boolean> {
  await client.prefetchQuery(session)
  return Boolean(client.getQueryData<Session | null>(session.queryKey))
}

export interface Credentials {
  name: string
  password: string
  totp?: string
}

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wish: Credentials | { token: string; password?: string; totp?: string }) =>
      call<Session>('POST', 'token' in wish ? 'session/link' : 'session', wish),
    onSuccess: (session) => {
      setCsrf(session.csrf)
      client.setQueryData(['session'], session)
    },
  })
}

/** Out of this session, or of all that the reader has. */
export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (where: 'here' | 'everywhere') =>
      call<undefined>('DELETE', where === 'here' ? 'session' : 'sessions'),
    onSettled: (_, error) => {
      // The identity provider would let the next one at this browser in as the same person.
      const on = client.getQueryData<Session | null>(['session'])?.sign_out_at
      if (on && !error) location.assign(on)
      setCsrf('')
      client.setQueryData(['session'], null)
      // Nothing of what was seen stays for whoever signs in next.
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
    },
  })
}
