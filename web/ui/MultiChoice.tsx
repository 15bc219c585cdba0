// Some of many: a button that says what is chosen, and a list to choose from, narrowed by typing.
// What is typed and is not in the list can be chosen as well.
import { type ReactNode, useState } from 'react'
import { useText } from '@/i18n'
import { Popover } from './overlays'

const SHOWN = 60

/** A list of boxes to tick, narrowed by what is typed above it. */
export function TickList({
  name,
  values,
  chosen,
  onToggle,
  note,
  nameOf,
  isOpenEnded = false,
}: {
  name: string
  values: readonly string[]
  chosen: ReadonlySet<string>
  onToggle: (value: string) => void
  /** What stands at the end of a value's line. */
  note?: (value: string) => ReactNode
  /** How a value is said, where not by itself. */
  nameOf?: (value: string) => string
  /** A value that is typed and not in the list can be ticked, too. */
  isOpenEnded?: boolean
}) {
  const t = useText()
  const [words, setWords] = useState('')
  const wanted = words.trim().toLocaleLowerCase()
  const found = values.filter((v) => v.toLocaleLowerCase().includes(wanted)).slice(0, SHOWN)
  const typed = words.trim()
  const shown = isOpenEnded && typed !== '' && !values.includes(typed) ? [...found, typed] : found
  return (
    <div className="filter-values">
      <div className="pad">
        <input
          className="input"
          aria-label={t('filter.find', { name })}
          placeholder={t('filter.find', { name })}
          value={words}
          onChange={(e) => setWords(e.target.value)}
        />
      </div>
      <ul>
        {shown.map((v) => (
          <li key={v}>
            <label className="menu-item">
              <input type="checkbox" checked={chosen.has(v)} onChange={() => onToggle(v)} />
              <bdi className="grow clip">{(nameOf?.(v) ?? v) || t('filter.none')}</bdi>
              {note && <span className="muted num">{note(v)}</span>}
            </label>
          </li>
        ))}
        {shown.length === 0 && <li className="pad muted">{t('filter.noValue')}</li>}
      </ul>
    </div>
  )
}

export function MultiChoice({
  label,
  values,
  chosen,
  none,
  nameOf = (value) => value,
  isOpenEnded = true,
  onChange,
}: {
  label: string
  values: readonly string[]
  chosen: readonly string[]
  /** What it means that nothing is chosen. */
  none?: string
  nameOf?: (value: string) => string
  /** Whether a value that nothing has yet can be typed. */
  isOpenEnded?: boolean
  onChange: (chosen: string[]) => void
}) {
  const t = useText()
  const first = chosen[0]
  const said =
    first === undefined
      ? (none ?? t('filter.nothing'))
      : chosen.length === 1
        ? nameOf(first) || t('filter.none')
        : t('filter.several', { first: nameOf(first), more: chosen.length - 1 })
  return (
    <div className="field">
      <span className="label">{label}</span>
      <Popover title={label} name={`${label}: ${said}`} label={<bdi className="clip">{said}</bdi>}>
        {() => (
          <TickList
            name={label}
            values={[...new Set([...chosen, ...values])]}
            chosen={new Set(chosen)}
            nameOf={nameOf}
            isOpenEnded={isOpenEnded}
            onToggle={(v) =>
              onChange(chosen.includes(v) ? chosen.filter((x) => x !== v) : [...chosen, v])
            }
          />
        )}
      </Popover>
    </div>
  )
}
