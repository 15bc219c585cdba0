// The API as openapi.yaml has it: types and paths come from there.
import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from './contract'

export type Schema = components['schemas']
export type Problem = Schema['Problem']
export interface NextStep {
  what: 'wait' | 'decide' | 'first_contact' | 'follow_up' | 'advance'
  due_at: string | null
}
export type Lead = Schema['QueueAnswer']['items'][number] & {
  snoozed_until?: string | null
  next_step?: NextStep
}
export type LeadAnswer = Schema['LeadAnswer']
export type Cell = Schema['Cell']

/** What the server, or the way to it, said instead of an answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem | undefined,
  ) {
    super(problem?.detail ?? problem?.title ?? `HTTP ${status}`)
  }
  /** There was no answer at all. */
  get isOffline(): boolean {
    return this.status === 0
  }
}

let csrf = ''
/** The token that unsafe requests carry while a cookie says who calls. */
export const setCsrf = (token: string): void => {
  csrf = token
}
export const csrfHeader = (): Record<string, string> => (csrf ? { 'X-CSRF-Token': csrf } : {})

let onSignedOut = (): void => undefined
export const whenSignedOut = (tell: () => void): void => {
  onSignedOut = tell
}

const guard: Middleware = {
  onRequest({ request }) {
    if (csrf && request.method !== 'GET') request.headers.set('X-CSRF-Token', csrf)
    return request
  },
  onError() {
    return new ApiError(0, undefined)
  },
}

export const api = createClient<paths>({ baseUrl: '', credentials: 'same-origin' })
api.use(guard)

interface Outcome<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer; anything else is thrown as ApiError. */
export async function answer<T>(call: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await call
  if (response.ok) return data as T
  const isProblem = typeof error === 'object' && error !== null && 'status' in error
  if (response.status === 401) onSignedOut()
  throw new ApiError(response.status, isProblem ? (error as Problem) : undefined)
}
