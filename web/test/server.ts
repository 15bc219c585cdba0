// A running `pursuit serve` of a test's own, and a small network to fill it with.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const binary = process.env['PURSUIT'] ?? '../build/release/exe/pursuit'
export const DIST = new URL('../dist', import.meta.url).pathname

export class Server {
  private process: ChildProcess | undefined
  readonly folder = mkdtempSync(join(tmpdir(), 'pursuit-web-'))
  url = ''
  link = ''

  /** Without a store that is there already it makes one of its own. */
  constructor(private readonly db = '') {}

  /** `open`: everybody is the admin. `on`: people sign in, the first by `link`. */
  async start(port = 0, access: 'open' | 'on' = 'open'): Promise<void> {
    const child = spawn(
      binary,
      [
        ...['serve', '--db', this.db || join(this.folder, 'db'), '--listen', `127.0.0.1:${port}`],
        ...['--log', 'error', '--web', DIST, '--drain-seconds', '0', '--access', access],
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        // So that second factors can be kept.
        env: { ...process.env, PURSUIT_SECRET_KEY: '5'.repeat(64) },
      },
    )
    this.process = child
    this.url = await new Promise((resolve, reject) => {
      child.on('exit', (status) => reject(new Error(`the server ended with ${status}`)))
      createInterface({ input: child.stdout }).on('line', (line) => {
        const found = /^Serving (http:\/\/\S+)/.exec(line)
        if (found?.[1]) {
          this.url = found[1]
          if (access === 'open') resolve(found[1])
        }
        const link = /http:\S+#\/sign-in\S+/.exec(line)
        if (link && access === 'on') {
          this.link = link[0]
          resolve(this.url)
        }
      })
    })
  }

  async stop(): Promise<void> {
    const child = this.process
    if (!child || child.exitCode !== null) return
    await new Promise((resolve) => {
      child.removeAllListeners('exit')
      child.on('exit', resolve)
      child.kill('SIGTERM')
    })
  }

  async end(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  async json<T = Record<string, never>>(path: string, init?: RequestInit): Promise<T> {
    const response = await fetch(this.url + path, init)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  /** Sends rows and waits until readers see them. */
  async send(rows: readonly object[]): Promise<void> {
    await this.json('/api/v1/changes?source=test&wait=visible', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: rows.map((row) => JSON.stringify(row)).join('\n'),
    })
  }

  /** Fills it with a generated network that ends now, and puts its policy in force. */
  async fill(leads: number): Promise<void> {
    const out = join(this.folder, 'network')
    const now = new Date().toISOString()
    const size = ['--leads', String(leads), '--seed', '7', '--as-of', now]
    execFileSync(binary, ['generate', ...size, '--details', '--outcomes', '--out', out, '-q'])
    for (const [name, type] of [
      ['leads', 'lead'],
      ['events', 'event'],
      ['outcomes', 'outcome'],
      ['signals', 'signal'],
    ] as const) {
      const rows = await readCsv(join(out, `${name}.csv`), type)
      for (let i = 0; i < rows.length; i += 5_000) await this.send(rows.slice(i, i + 5_000))
    }
    const { readFileSync } = await import('node:fs')
    const put = await fetch(`${this.url}/api/v1/policy?note=sample`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/toml' },
      body: readFileSync(join(out, 'policy.toml')),
    })
    if (!put.ok) throw new Error(await put.text())
    await this.json('/api/v1/refresh', { method: 'POST' })
  }
}

/** Cells of a line; those in quotes may hold commas. */
const cellsOf = (line: string): string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  )

/** Columns that are numbers. */
const NUMBERS = ['value', 'revenue']

/** The generator's own CSV: no line breaks in cells. */
async function readCsv(path: string, type: string): Promise<object[]> {
  const rows: object[] = []
  let head: string[] | undefined
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const cells = cellsOf(line)
    if (!head) {
      head = cells
      continue
    }
    const row: Record<string, unknown> = { type, source_key: `${type}-${rows.length}` }
    head.forEach((name, i) => {
      const text = cells[i] ?? ''
      if (text !== '') row[name] = NUMBERS.includes(name) ? Number(text) : text
    })
    rows.push(row)
  }
  return rows
}
