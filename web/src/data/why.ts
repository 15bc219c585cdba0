// Why a lead stands where it does, in words: what presses first, then what speaks for it.
import type { Format, Text } from '@/i18n'
import type { Lead } from './client'

const HOUR_MS = 3_600_000
const MOST = 3

export function why(
  lead: Lead,
  lastStage: string | undefined,
  now: number,
  t: Text,
  format: Format,
): string[] {
  const words: string[] = []
  const silent_h = (now - Date.parse(lead.last_activity_at)) / HOUR_MS
  const late_h = lead.deviation_hours ?? 0
  if (lead.status === 'expired' && lead.threshold_hours != null) {
    const over_h = (lead.time_in_stage_hours ?? 0) - lead.threshold_hours
    words.push(t('why.expired', { over: format.hours(over_h) }))
  } else if (late_h > 0) {
    words.push(t('why.late', { over: format.hours(late_h) }))
  }
  if (lead.dormant) words.push(t('why.dormant', { silent: format.hours(silent_h) }))
  else words.push(t('why.active', { silent: format.hours(silent_h) }))
  if (lead.stage === lastStage) words.push(t('why.lastStage'))
  if (words.length < MOST && lead.channel) words.push(t('why.channel', { channel: lead.channel }))
  return words.slice(0, MOST)
}
