// Languages, dates and numbers: one place decides how a figure is written.
import { useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import type en from './en.json'

export type Messages = typeof en
declare module 'use-intl' {
  interface AppConfig {
    Messages: Messages
  }
}

export type Language = 'en' | 'ar'
export type Theme = 'auto' | 'light' | 'dark'
export interface Preferences {
  language: Language
  theme: Theme
  calendar: 'gregory' | 'islamic-umalqura'
  digits: 'latn' | 'arab'
}

const KEY = 'pursuit.preferences'
const listeners = new Set<() => void>()

function initial(): Preferences {
  const first: Language = navigator.language.startsWith('ar') ? 'ar' : 'en'
  const defaults: Preferences = {
    language: first,
    theme: 'auto',
    calendar: 'gregory',
    digits: 'latn',
  }
  try {
    return { ...defaults, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') }
  } catch {
    return defaults
  }
}

let current = initial()

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change }
  try {
    localStorage.setItem(KEY, JSON.stringify(current))
  } catch {
    // A browser that keeps nothing still works for this visit.
  }
  listeners.forEach((tell) => tell())
}

export const languageNow = (): Language => current.language

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => current,
  )
}

export async function loadMessages(language: Language): Promise<Messages> {
  return language === 'ar'
    ? ((await import('./ar.json')).default as Messages)
    : (await import('./en.json')).default
}

export const localeOf = (p: Preferences): string =>
  `${p.language === 'ar' ? 'ar' : 'en-GB'}-u-ca-${p.calendar}-nu-${p.digits}`

/** `t('group.key', values)`; keys are checked against the English catalogue. */
export const useText = () => useTranslations()
export type Text = ReturnType<typeof useText>

const HOUR = 3_600_000

function makeFormat(locale: string, isArabic: boolean) {
  // Making a formatter costs more than using it a hundred times.
  const units = new Map<string, Intl.NumberFormat>()
  const unit = (value: number, name: string, digits = 0): string => {
    const key = `${name} ${digits}`
    const known = units.get(key)
    if (known) return known.format(value)
    const made = new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: isArabic ? 'short' : 'narrow',
      maximumFractionDigits: digits,
    })
    units.set(key, made)
    return made.format(value)
  }
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const one = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  })
  const part = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  const part1 = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })
  const moment = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const collator = new Intl.Collator(locale, { numeric: true })
  const hours = (value: number | null | undefined): string => {
    if (value === null || value === undefined) return '–'
    const size = Math.abs(value)
    if (size < 1) return unit(Math.round(value * 60), 'minute')
    if (size < 48) return unit(value, 'hour', size < 10 ? 1 : 0)
    return unit(value / 24, 'day', size < 240 ? 1 : 0)
  }
  const or = (format: Intl.NumberFormat) => (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : format.format(value)
  return {
    locale,
    compare: collator.compare,
    count: or(whole),
    score: or(one),
    percent: or(part),
    percent1: or(part1),
    hours,
    until: (at: string | null | undefined, now: number): string =>
      at === null || at === undefined ? '–' : hours((Date.parse(at) - now) / HOUR),
    day: (at: string | number | Date) => day.format(new Date(at)),
    moment: (at: string | number | Date) => moment.format(new Date(at)),
    full: (at: string | number | Date) => full.format(new Date(at)),
  }
}
export type Format = ReturnType<typeof makeFormat>

const formats = new Map<string, Format>()

/** How figures are written in the reader's language, calendar and digits. */
export function useFormat(): Format {
  const preferences = usePreferences()
  const locale = localeOf(preferences)
  const known = formats.get(locale)
  if (known) return known
  const made = makeFormat(locale, preferences.language === 'ar')
  formats.set(locale, made)
  return made
}
