// Today: the four questions, and the queue behind them.
import { useText } from '@/i18n'
import { useRoute } from '@/data/route'
import { Cards, VIEWS, type View } from './Cards'
import { Queue } from './Queue'
import './today.css'

export function Today() {
  const t = useText()
  const wanted = useRoute().query.get('view')
  const view: View = wanted !== null && wanted in VIEWS ? (wanted as View) : 'open'
  return (
    <div className="stack today">
      <h1 className="hidden-visually">{t('pages.today')}</h1>
      <Cards view={view} />
      <Queue key={view} view={view} />
    </div>
  )
}
