// Lets the pages be seen by who is signed in; everybody else is asked to. Where the reader was stays
// in the address.
import { useQueryClient } from '@tanstack/react-query'
import { Suspense, lazy, useEffect, type ReactNode } from 'react'
import { Skeleton } from '@ui/blocks'
import { whenSignedOut } from '@/data/client'
import { useRoute } from '@/data/route'
import { useSession } from './session'

const SignIn = lazy(() => import('./SignIn'))

export function Gate({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const session = useSession()
  const isLink = useRoute().page === 'sign-in'
  useEffect(
    () =>
      whenSignedOut(() => {
        // A session that ended: not asked again for every request that fails.
        if (client.getQueryData(['session']) !== null) client.setQueryData(['session'], null)
      }),
    [client],
  )
  if (isLink || session.data === null) {
    return (
      <Suspense fallback={<Skeleton lines={4} />}>
        <SignIn />
      </Suspense>
    )
  }
  return session.data === undefined ? <Skeleton lines={4} /> : <>{children}</>
}
