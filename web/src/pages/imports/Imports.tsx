// Import: drop files, say what their columns are, see what would happen, take them in, take it back.
import { useState } from 'react'
import { Badge, Loading, Meter, Notice, Panel } from '@ui/blocks'
import { Table } from '@ui/Table'
import { toast } from '@ui/toasts'
import { useFormat, useText } from '@/i18n'
import { type Import, type State, useCommand, useImports, useUpload } from './imports'
import { Mapping } from './Mapping'
import './imports.css'

function Drop({ onFiles, isBusy }: { onFiles: (files: File[]) => void; isBusy: boolean }) {
  const t = useText()
  const [isOver, setOver] = useState(false)
  return (
    <div
      className={isOver ? 'drop over' : 'drop'}
      role="group"
      aria-label={t('imports.drop')}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        onFiles([...e.dataTransfer.files])
      }}
    >
      <p>{isBusy ? t('imports.sending') : t('imports.drop')}</p>
      <label className="button">
        {t('imports.choose')}
        <input
          type="file"
          multiple
          className="hidden-visually"
          accept=".csv,.gz,.jsonl,.ndjson,.parquet,.xlsx,.tsv,.txt"
          disabled={isBusy}
          onChange={(e) => {
            const files = [...(e.target.files ?? [])]
            e.target.value = ''
            if (files.length > 0) onFiles(files)
          }}
        />
      </label>
      <p className="muted">{t('imports.formats')}</p>
    </div>
  )
}

const BUSY: readonly State[] = ['waiting', 'running', 'undoing']
const STOPPED: readonly State[] = ['cancelled', 'failed']

function StateCell({ item }: { item: Import }) {
  const t = useText()
  const format = useFormat()
  return (
    <>
      <Badge kind={item.state}>{t(`imports.state.${item.state}`)}</Badge>
      {BUSY.includes(item.state) && (
        <Meter share={item.progress} label={format.percent(item.progress)} />
      )}
      {item.error && <span className="tone-bad">{item.error}</span>}
      {item.kept_total > 0 && (
        <span className="muted">{t('imports.kept', { n: format.count(item.kept_total) })}</span>
      )}
    </>
  )
}

function Commands({ item }: { item: Import }) {
  const t = useText()
  const command = useCommand()
  const button = (what: 'cancel' | 'undo' | 'run', text: string) => (
    <button
      type="button"
      className="button"
      onClick={() =>
        command.mutate(
          { id: item.id, what },
          { onError: (error) => toast(t('actions.failed', { why: error.message })) },
        )
      }
    >
      {text}
    </button>
  )
  return (
    <>
      {BUSY.includes(item.state) && button('cancel', t('imports.cancel'))}
      {STOPPED.includes(item.state) && button('run', t('imports.goOn'))}{' '}
      {['done', ...STOPPED].includes(item.state) && button('undo', t('actions.undo'))}
    </>
  )
}

function List({ items }: { items: readonly Import[] }) {
  const t = useText()
  const format = useFormat()
  const rejects = (item: Import) =>
    item.counts.rejected > 0 ? (
      <a href={`/api/v1/imports/${item.id}/rejects.csv`} download>
        {format.count(item.counts.rejected)}
      </a>
    ) : (
      format.count(0)
    )
  return (
    <Table
      rows={items}
      keyOf={(item) => item.id}
      empty={t('imports.none')}
      columns={[
        { id: 'id', head: t('policy.version'), isNumber: true, cell: (i) => format.count(i.id) },
        {
          id: 'files',
          head: t('imports.files'),
          cell: (i) => <bdi>{i.files.map((f) => f.name).join(', ') || i.name}</bdi>,
        },
        {
          id: 'at',
          head: t('policy.at'),
          className: 'nowrap',
          cell: (i) => format.moment(i.created_at),
        },
        { id: 'author', head: t('policy.author'), cell: (i) => <bdi>{i.author}</bdi> },
        {
          id: 'state',
          head: t('leads.state'),
          className: 'import-state',
          cell: (i) => <StateCell item={i} />,
        },
        {
          id: 'applied',
          head: t('imports.applied'),
          isNumber: true,
          cell: (i) => format.count(i.counts.applied),
        },
        {
          id: 'repeated',
          head: t('imports.repeated'),
          isNumber: true,
          cell: (i) => format.count(i.counts.repeated),
        },
        { id: 'rejected', head: t('imports.rejected'), isNumber: true, cell: rejects },
        {
          id: 'commands',
          head: t('actions.label'),
          isHeadHidden: true,
          isNumber: true,
          cell: (i) => <Commands item={i} />,
        },
      ]}
    />
  )
}

export default function Imports() {
  const t = useText()
  const imports = useImports()
  const upload = useUpload()
  return (
    <div className="stack">
      <h1>{t('pages.imports')}</h1>
      {upload.data ? (
        <Mapping
          key={upload.data.id}
          id={upload.data.id}
          guess={upload.data.guess}
          onDone={() => upload.reset()}
        />
      ) : (
        <Drop onFiles={(files) => upload.mutate(files)} isBusy={upload.isPending} />
      )}
      {upload.error && (
        <Notice isBad title={t('imports.refused')}>
          <p>{upload.error.message}</p>
        </Notice>
      )}
      <Panel title={t('imports.all')}>
        <Loading of={imports} lines={3}>
          {(items) => <List items={items} />}
        </Loading>
      </Panel>
    </div>
  )
}
