// Who is signed in, the way to the account, and the way out.
import { useText } from '@/i18n'
import { hrefTo, useRoute } from '@/data/route'
import { useSession, useSignOut } from './session'

export function Account() {
  const t = useText()
  const route = useRoute()
  const session = useSession().data
  const signOut = useSignOut()
  if (!session || session.access === 'open') return null
  return (
    <p className="account">
      <a
        className="clip"
        href={hrefTo(route, 'account')}
        title={t('account.title')}
        aria-current={route.page === 'account' ? 'page' : undefined}
      >
        <bdi>{session.user.display_name || session.user.name}</bdi>
      </a>
      <button type="button" className="button quiet" onClick={() => signOut.mutate('here')}>
        {t('signIn.out')}
      </button>
    </p>
  )
}
