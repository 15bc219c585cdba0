// Icons: sixteen by sixteen, one stroke, drawn here. Always beside a word or with a label.
const PATHS = {
  today: 'M2.5 4h7M2.5 8h11M2.5 12h5',
  funnel: 'M2 3h12l-4.5 5.5V13l-3-1.5v-3z',
  leads: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 6.5v6',
  load: 'M3 13V8M8 13V3M13 13V6',
  expiry: 'M8 2.5a5.5 5.5 0 1 0 .01 0zM8 5v3l2 1.5',
  channels: 'M3 8h3l4-4h3M6 8l4 4h3M3 8h0',
  policy: 'M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3',
  imports: 'M8 2.5v7M5 7l3 3 3-3M2.5 13h11',
  status: 'M2 8h3l2-4.5 2.5 9L11.5 8H14',
  admin: 'M8 2.5a2.5 2.5 0 1 0 .01 0zM3 13.5c.5-3 2.5-4 5-4s4.5 1 5 4',
  search: 'M7 2.5a4.5 4.5 0 1 0 .01 0zM10.5 10.5 14 14',
  plus: 'M8 3v10M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  next: 'M6 4l4 4-4 4',
  back: 'M10 4 6 8l4 4',
  note: 'M3 2.5h10v8l-3 3H3zM5.5 6h5M5.5 8.5h3',
  call: 'M4 2.5 6 6 4.700 7.300a7 7 0 0 0 4 4L10 10l3.5 2-.8 2C7 14 2 9 2 3.300z',
  assign: 'M6 3a2.300 2.300 0 1 0 .01 0zM2 13c.4-2.700 2-3.700 4-3.700M9 11h5M12 9l2 2-2 2',
  snooze: 'M8 3.5a5 5 0 1 0 .01 0zM8 6v2.5l2 1M3 2 1.5 3.5M13 2l1.5 1.5',
  lost: 'M8 2.5a5.5 5.5 0 1 0 .01 0zM5.800 5.800l4.400 4.400M10.200 5.800l-4.400 4.400',
  undo: 'M5.5 3 2.5 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6',
  export: 'M8 10V2.5M5 5l3-3 3 3M2.5 10v3.5h11V10',
  menu: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  settings:
    'M8 5.5a2.5 2.5 0 1 0 .01 0zM8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.400 3.400l1.400 1.400M11.200 11.200l1.400 1.400M12.600 3.400l-1.400 1.400M4.800 11.200l-1.400 1.400',
  link: 'M6.5 9.5l3-3M7 4.5l1.5-1.5a2.800 2.800 0 0 1 4 4L11 8.5M9 11.5 7.5 13a2.800 2.800 0 0 1-4-4L5 7.5',
  print: 'M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z',
  check: 'M3 8.5l3.5 3.5L13 4.5',
} as const

export type IconName = keyof typeof PATHS

/** Those that point along the line of reading turn round with it. */
const TURNS: readonly IconName[] = ['next', 'back', 'undo', 'assign']

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className={TURNS.includes(name) ? 'icon turns' : 'icon'}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
