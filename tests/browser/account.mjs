/* account.mjs - an account of the office's clerk, and signing in with it, for figures and soaks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export const LOGIN = 'pangwei', PASSWORD = 'Shiyong-2026-07';

/* The account is of today: servers that know it are started with these. */
export const TODAY = ['--now', new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)];

/* In the database that a context has, before a server is started on a copy of it. */
export async function addClerk({ binary, database, cwd }, body = 'yiyang') {
    const url = database.url ?? `sqlite:${database.folder}/duikou.db`;
    const child = spawn(binary, ['user', 'add', '--db', url,
        '--login', LOGIN, '--name', '试用文书', '--body', body, '--password-stdin'],
        { stdio: ['pipe', 'ignore', 'pipe'], cwd });
    let said = '';
    child.stderr.on('data', (data) => (said += data));
    child.stdin.end(PASSWORD + '\n');
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`the account was not made: ${said}`);
}

/* The Cookie head of a session of its own. */
export async function signIn(origin) {
    const answer = await fetch(`${origin}/sign-in`, {
        method: 'POST', redirect: 'manual', headers: { origin },
        body: new URLSearchParams({ login: LOGIN, password: PASSWORD }),
    });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0];
    if (answer.status !== 303 || !cookie) throw new Error(`signing in was answered ${answer.status}`);
    return cookie;
}
