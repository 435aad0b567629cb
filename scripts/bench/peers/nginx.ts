import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../../src/host/loopback.ts'
import type { Children } from './children.ts'

const PLACES = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/local/bin/nginx', '/usr/bin/nginx']

/** The program and its version; null where the system has none. */
export function findNginx(): { readonly program: string; readonly version: string } | null {
  const program = ['nginx', ...PLACES].find((place) => spawnSync(place, ['-v']).status === 0)
  if (program === undefined) return null
  const { stderr } = spawnSync(program, ['-v'], { encoding: 'utf8' })
  return { program, version: /nginx\/([\d.]+)/.exec(stderr)?.[1] ?? 'unknown' }
}

/** One worker, since the gateway is one process too; connections to the server are kept, as those of the gateway are. */
export function nginxConfig(folder: string, port: number, upstream: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  keepalive_requests 1000000;
  upstream model {
    server 127.0.0.1:${upstream};
    keepalive 64;
    keepalive_requests 1000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://model;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`
}

export interface NginxOptions {
  readonly program: string
  readonly folder: string
  /** The port of the server behind it. */
  readonly upstream: number
}

/** Starts it in the foreground on a free port of the loopback; gives the URL of predictions. */
export async function startNginx({ program, folder, upstream }: NginxOptions, children: Children): Promise<string> {
  mkdirSync(folder)
  const port = await freePort(new Set())
  const config = join(folder, 'nginx.conf')
  const log = join(folder, 'error.log')
  const running = join(folder, 'nginx.pid')
  writeFileSync(config, nginxConfig(folder, port, upstream))
  let ended = false
  children.start(program, ['-c', config, '-e', log], 'ignore').once('close', () => (ended = true))
  for (let tries = 0; tries < 250 && !ended; tries += 1) {
    if (existsSync(running)) return `http://127.0.0.1:${port}/invocations`
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const told = existsSync(log) ? readFileSync(log, 'utf8').slice(-1_000) : 'it wrote no log'
  throw new Error(`nginx did not start: ${told}`)
}
