// What is kept of one person: looked at, taken along as a file, erased for good.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Badge, Notice, Panel } from '@ui/blocks'
import { SelectField, TextField } from '@ui/fields'
import { Icon } from '@ui/Icon'
import { useFormat, useText } from '@/i18n'
import { type Schema, answer, api } from '@/data/client'
import { hrefTo, useRoute } from '@/data/route'
import { save } from '@/data/sheet'
import { Erase } from './Erase'

const KINDS = ['email', 'phone', 'lead_id'] as const
type Kind = (typeof KINDS)[number]
export type Wish = Partial<Record<Kind, string>>

type Found = Schema['Person']['leads'][number]

const useExport = () =>
  useMutation({
    mutationFn: (body: Wish) => answer(api.POST('/api/v1/person/export', { body })),
  })

/** The texts that people and programs wrote of somebody. */
const textsIn = (lead: Found): number => lead.timeline.filter((item) => item.text).length

function Kept({ lead, onAlso }: { lead: Found; onAlso: (lead_id: string) => void }) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const contact = (['name', 'phone', 'email'] as const).map(
    (name) => [name, lead[name] || '–'] as const,
  )
  return (
    <Panel
      title={
        <a className="mono" href={hrefTo(route, 'lead', {}, lead.lead_id)}>
          {lead.lead_id}
        </a>
      }
      tools={
        lead.erased_at && (
          <Badge kind="done">{t('person.erasedAt', { at: format.full(lead.erased_at) })}</Badge>
        )
      }
    >
      <div className="panel-body stack">
        <dl className="facts">
          {contact.map(([name, value]) => (
            <div key={name} className="contents">
              <dt>{t(`person.field.${name}`)}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
          {Object.entries(lead.attributes).map(([name, value]) => (
            <div key={name} className="contents">
              <dt>
                <bdi>{name}</bdi>
              </dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
          {(
            [
              ['former', lead.former.length],
              ['texts', textsIn(lead)],
              ['actions', lead.actions.length],
              ['stages', lead.timeline.filter((item) => item.kind === 'event').length],
            ] as const
          ).map(([name, n]) => (
            <div key={name} className="contents">
              <dt>{t(`person.${name}`)}</dt>
              <dd>{format.count(n)}</dd>
            </div>
          ))}
        </dl>
        {lead.same_contact.length > 0 && (
          <div className="row">
            <span className="muted">{t('person.same')}</span>
            {lead.same_contact.map((id) => (
              <button key={id} type="button" className="button mono" onClick={() => onAlso(id)}>
                {id}
              </button>
            ))}
          </div>
        )}
      </div>
    </Panel>
  )
}

export function Person() {
  const t = useText()
  const [kind, setKind] = useState<Kind>('email')
  const [text, setText] = useState('')
  const [asked, setAsked] = useState<Wish>({})
  const found = useExport()
  const find = (wish: Wish) => {
    setAsked(wish)
    found.mutate(wish)
  }
  const leads = found.data?.leads ?? []
  return (
    <>
      <Panel title={t('person.title')}>
        <form
          className="panel-body row low"
          onSubmit={(e) => {
            e.preventDefault()
            find({ [kind]: text.trim() })
          }}
        >
          <SelectField
            label={t('person.by')}
            value={kind}
            choices={KINDS.map((k) => [k, t(`person.kind.${k}`)])}
            onChange={setKind}
          />
          <TextField label={t(`person.kind.${kind}`)} dir="auto" value={text} onChange={setText} />
          <button
            type="submit"
            className="button primary"
            disabled={text.trim() === '' || found.isPending}
          >
            <Icon name="search" /> {t('person.find')}
          </button>
        </form>
        <p className="panel-body muted">{t('person.hint')}</p>
      </Panel>
      {found.error && (
        <Notice isBad title={t('person.failed')}>
          <p>{found.error.message}</p>
        </Notice>
      )}
      {found.data && leads.length === 0 && <Notice title={t('person.nobody')} />}
      {found.data && leads.length > 0 && (
        <>
          <div className="row">
            <h2 className="grow">{t('person.found', { n: leads.length })}</h2>
            <button
              type="button"
              className="button"
              onClick={() =>
                save(
                  'person.json',
                  new Blob([JSON.stringify(found.data, null, 2)], { type: 'application/json' }),
                )
              }
            >
              <Icon name="export" /> {t('person.download')}
            </button>
            <Erase
              wish={asked}
              leads={leads.length}
              onErased={() => (asked.lead_id ? found.mutate(asked) : found.reset())}
            />
          </div>
          <div className="columns-2">
            {leads.map((lead) => (
              <Kept
                key={lead.lead_id}
                lead={lead}
                onAlso={(id) => {
                  setKind('lead_id')
                  setText(id)
                  find({ lead_id: id })
                }}
              />
            ))}
          </div>
        </>
      )}
    </>
  )
}
