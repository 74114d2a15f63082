/*
 * scan.mjs BINARY [MINUTES] - wapiti and sqlmap over the whole site as the clerk of a body sees it,
 * on a sample database of its own. Ends with 1 when either finds anything, or reached nothing.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { addClerk, signIn, TODAY } from '../browser/account.mjs';
import { startServer } from '../browser/server.mjs';

const [binary, minutes = '5'] = process.argv.slice(2);
const context = { root: path.resolve(import.meta.dirname ?? '.', '../..'), binary };

async function run(program, args, folder) {
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, HOME: folder, TERM: 'dumb' } });
    let said = '';
    for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (data) => (said += data));
    await once(child, 'close');
    return said;
}

/*
 * The modules that need nobody outside, but for the heads: what wapiti misses there is obsolete
 * (X-XSS-Protection) or for TLS alone, and tests of our own hold them. -x is broken in Debian's wapiti, so that it would sign its
 * session out: both ask with an API token, which a sign-out leaves alone.
 */
const MODULES = 'backup,blindsql,cookieflags,crlf,csp,exec,file,htaccess,methods,' +
    'permanentxss,redirect,shellshock,sql,xss';

async function makeToken({ origin }) {
    const cookie = await signIn(origin);
    const body = new URLSearchParams({ name: 'scan', days: '1' });
    for (const scope of ['read', 'edit', 'import', 'designate', 'register', 'reorganize',
        'ask-correction', 'settle-correction', 'on-behalf', 'accounts', 'account-list', 'seats'])
        body.append('scope', scope);
    const answer = await fetch(`${origin}/me/tokens`, { method: 'POST', body,
        headers: { cookie, origin } });
    const token = /<p class="secret">([0-9A-Z]+)</.exec(await answer.text())?.[1];
    if (!token) throw new Error(`the token was not made: ${answer.status}`);
    return token;
}

async function wapiti({ origin }, token, folder) {
    const report = path.join(folder, 'wapiti.json');
    const said = await run('wapiti', ['-u', `${origin}/yiyang/directory`, '--scope', 'domain',
        '-m', MODULES, '-d', '4', '--max-links-per-page', '60', '--max-files-per-dir', '12',
        '--max-scan-time', String(60 * minutes), '--max-attack-time', String(6 * minutes), '-S', 'normal', '--flush-session',
        '-H', `Authorization: Bearer ${token}`, '-f', 'json', '-o', report], folder);
    const result = JSON.parse(await readFile(report, 'utf8').catch(() => '{}'));
    const found = [];
    for (const kind of ['vulnerabilities', 'anomalies'])
        for (const [name, items] of Object.entries(result[kind] ?? {}))
            for (const item of items)
                found.push(`wapiti: ${name}: ${item.method} ${item.path} ${item.info}`);
    if (!result.infos) found.push(`wapiti did not finish: ${said.slice(-600)}`);
    const pages = Number(/found (\d+) URLs/.exec(said)?.[1] ?? 0);
    if (pages < 10) found.push(`wapiti saw ${pages} pages: ${said.slice(-600)}`);
    return { found, pages };
}

/*
 * Every name that a list reads behind "?", as the description of the interface tells it; what all
 * lists read by the same statement is tried on the first.
 */
async function addresses({ origin }, token) {
    const api = await (await fetch(`${origin}/openapi.json`, {
        headers: { authorization: `Bearer ${token}` } })).json();
    const urls = [], seen = new Set();
    for (const [pattern, methods] of Object.entries(api.paths)) {
        const names = (methods.get?.parameters ?? [])
            .filter((p) => p.in === 'query' && !seen.has(p.name) && seen.add(p.name))
            .map((p) => `${p.name}=${p.schema?.type === 'integer' ? 1 : 'a'}`);
        const place = pattern.replace('{body}', 'yiyang');
        if (names.length > 0 && !place.includes('{')) urls.push(`${origin}${place}?${names.join('&')}`);
    }
    return urls;
}

async function sqlmap(server, token, folder) {
    const urls = await addresses(server, token);
    await writeFile(path.join(folder, 'urls'), urls.join('\n') + '\n');
    const results = path.join(folder, 'results.csv');
    const said = await run('sqlmap', ['-m', 'urls', '--batch', '-H', `Authorization: Bearer ${token}`, '--level', '1',
        '--risk', '2', '--technique', 'BEU', '--threads', '4', '--smart', '--ignore-code', '*',
        '--flush-session', '--output-dir', folder, '--results-file', results], folder);
    const rows = (await readFile(results, 'utf8').catch(() => '')).split('\n').slice(1);
    const found = rows.filter((row) => row.trim() && !/,,/.test(row)).map((row) => `sqlmap: ${row}`);
    if (urls.length < 5 || !/testing/i.test(said)) found.push(`sqlmap tested nothing: ${said.slice(-600)}`);
    return { found, urls: urls.length };
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'duikou-scan-'));
const first = await startServer(context);
await first.stop();
await addClerk(context);
const server = await startServer(context, TODAY);
try {
    const token = await makeToken(server);
    const maps = await sqlmap(server, token, folder);
    const walks = await wapiti(server, token, folder);
    const found = [...maps.found, ...walks.found];
    for (const line of found) console.log(line);
    const alive = await fetch(`${server.origin}/healthz`);
    if (!alive.ok) found.push('the server does not answer any more');
    console.log(`scan: ${walks.pages} pages and ${maps.urls} lists, ${found.length} findings`);
    process.exitCode = found.length ? 1 : 0;
} finally {
    await server.stop();
    await context.database.drop();
    await rm(folder, { recursive: true, force: true });
}
