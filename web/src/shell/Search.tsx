// Search: leads by words of id, name or e-mail, or by phone. Arrow keys and Enter choose.
import { useId, useState } from 'react'
import { TierBadge } from '@ui/blocks'
import { Icon } from '@ui/Icon'
import { useText } from '@/i18n'
import { usePaused } from '@/data/paused'
import { useSearch } from '@/data/queries'
import { go, hrefTo, useRoute } from '@/data/route'

const PAUSE_MS = 150

export function Search() {
  const t = useText()
  const route = useRoute()
  const list = useId()
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [at, setAt] = useState(0)
  const paused = usePaused(text.trim(), PAUSE_MS)
  const found = useSearch(paused)
  const items = paused === '' ? [] : (found.data?.items ?? [])
  const choose = (id: string) => {
    setOpen(false)
    setText('')
    go(hrefTo(route, 'lead', {}, id))
  }
  const isShown = isOpen && paused !== ''
  const onKey = (e: React.KeyboardEvent<HTMLInputElement>) => {
    if (e.key === 'ArrowDown') setAt(Math.min(items.length - 1, at + 1))
    else if (e.key === 'ArrowUp') setAt(Math.max(0, at - 1))
    else if (e.key === 'Enter' && items[at]) choose(items[at].lead_id)
    else if (e.key === 'Escape') {
      setText('')
      e.currentTarget.blur()
    } else return
    e.preventDefault()
  }
  return (
    <search className="search">
      <Icon name="search" />
      <input
        id="search"
        className="input"
        role="combobox"
        type="search"
        autoComplete="off"
        aria-label={t('search.label')}
        aria-expanded={isShown}
        aria-controls={list}
        aria-activedescendant={isShown && items[at] ? `${list}-${at}` : undefined}
        placeholder={t('search.placeholder')}
        value={text}
        onChange={(e) => {
          setText(e.target.value)
          setAt(0)
          setOpen(true)
        }}
        onKeyDown={onKey}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
      />
      <div
        id={list}
        role="listbox"
        aria-label={t('search.results')}
        className="popover search-list"
        hidden={!isShown}
      >
        {items.map((lead, i) => (
          // Keys are handled by the field, which keeps the focus.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={lead.lead_id}
            id={`${list}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            className={i === at ? 'menu-item on' : 'menu-item'}
            onMouseDown={(e) => e.preventDefault()}
            onClick={() => choose(lead.lead_id)}
          >
            <span className="grow clip">
              <bdi>{lead.name || lead.lead_id}</bdi>{' '}
              <span className="muted mono">{lead.lead_id}</span>
            </span>
            <span className="muted">{lead.stage}</span>
            {lead.tier && <TierBadge tier={lead.tier} />}
          </div>
        ))}
        {isShown && items.length === 0 && (
          <div className="pad muted" role="option" aria-selected={false} aria-disabled="true">
            {found.isFetching ? t('state.loading') : t('search.nothing', { words: paused })}
          </div>
        )}
      </div>
    </search>
  )
}
