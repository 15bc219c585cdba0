// Whether the page follows what happens. A shape and a word, not a colour alone.
import { useText } from '@/i18n'
import { useRoute } from '@/data/route'
import { useConnection } from '@/data/stream'

/** Where the note is behind the menu: what must not stay hidden there. */
export function LostNote() {
  const t = useText()
  if (useConnection() !== 'lost') return null
  return (
    <p className="lost-note" role="status">
      {t('connection.lost')}
    </p>
  )
}

export function ConnectionNote() {
  const t = useText()
  const connection = useConnection()
  const isPast = useRoute().query.has('as_of')
  const state = isPast ? 'past' : connection
  return (
    <p className={`connection ${state}`} role="status">
      <span className="dot" aria-hidden="true" />
      {t(`connection.${state}`)}
    </p>
  )
}
