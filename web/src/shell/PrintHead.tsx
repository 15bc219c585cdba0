// On paper: what this is of, since the address and the filters above the page are not printed.
import { useFormat, useText } from '@/i18n'
import { useNow } from '@/data/now'
import { DIMENSIONS, splitList, useFilters, useRoute } from '@/data/route'

export function PrintHead() {
  const t = useText()
  const format = useFormat()
  const filters = useFilters()
  const { query } = useRoute()
  const now = useNow()
  const from = query.get('from')
  const to = query.get('to')
  const said = DIMENSIONS.flatMap((d) => {
    const value = filters[d]
    if (value === undefined) return []
    const values = splitList(value).map((v) => v || t('filter.none'))
    return [`${t(`dimension.${d}`)}: ${values.join(t('why.and'))}`]
  })
  if (from) said.push(`${t('period.from')} ${format.day(from)}`)
  if (to) said.push(`${t('period.to')} ${format.day(to)}`)
  return (
    <p className="print-head">
      <strong>Pursuit</strong> · {t('period.asOf', { day: format.full(now) })}
      {said.map((text) => (
        <span key={text}>
          {' · '}
          <bdi>{text}</bdi>
        </span>
      ))}
    </p>
  )
}
