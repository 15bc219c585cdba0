// Where a user is signed in, and the end of all of it.
import { useQuery } from '@tanstack/react-query'
import { Loading } from '@ui/blocks'
import { Dialog } from '@ui/overlays'
import { useText } from '@/i18n'
import { answer, api } from '@/data/client'
import { SessionTable } from '@/session/SessionTable'
import { type User, useChange } from './admin'

const useSessionsOf = (id: number) =>
  useQuery({
    queryKey: ['sessions', id],
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/v1/users/{id}/sessions', { params: { path: { id } }, signal })))
        .items,
  })

function Sessions({ user, onClose }: { user: User; onClose: () => void }) {
  const t = useText()
  const sessions = useSessionsOf(user.id)
  const change = useChange<undefined>()
  return (
    <>
      <Loading of={sessions} lines={2}>
        {(items) => <SessionTable sessions={items} />}
      </Loading>
      {change.error && <p role="alert">{t('actions.failed', { why: change.error.message })}</p>}
      <div className="dialog-end">
        <button type="button" className="button" onClick={onClose}>
          {t('shell.close')}
        </button>
        <button
          type="button"
          className="button danger"
          disabled={change.isPending || (sessions.data?.length ?? 0) === 0}
          onClick={() => change.mutate({ method: 'DELETE', path: `users/${user.id}/sessions` })}
        >
          {t('admin.signOut')}
        </button>
      </div>
    </>
  )
}

/** `user`: whose; null: closed. */
export function UserSessions({ user, onClose }: { user: User | null; onClose: () => void }) {
  const t = useText()
  return (
    <Dialog
      title={t('admin.sessionsOf', { name: user?.name ?? '' })}
      isOpen={user !== null}
      onClose={onClose}
    >
      {user && <Sessions user={user} onClose={onClose} />}
    </Dialog>
  )
}
