/* account.mjs - an account of the office's clerk, and signing in with it, for figures and soaks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { makeDatabase } from './server.mjs';

export const LOGIN = 'pangwei', PASSWORD = 'Shiyong-2026-07';

/* The account is of today: servers that know it are started with these. */
export const TODAY = ['--now', new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)];

/* In the database that a context has, before a server is started on a copy of it. */
export async function addClerk({ binary, database, cwd }, body = 'yiyang') {
    const url = database.url ?? `sqlite:${database.folder}/duikou.db`;
    const child = spawn(binary, ['user', 'add', '--db', url,
        '--login', LOGIN, '--name', '试用文书', ...(body ? ['--body', body] : []), '--password-stdin'],
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

/* An account in the context's database; a function that has a token made, with all that the clerk of
 * every body holds, by a server on a copy of it. */
export async function openToken(context) {
    context.database ??= await makeDatabase(context);
    await addClerk(context, '');
    return async (origin) => {
        const cookie = await signIn(origin);
        const page = await (await fetch(`${origin}/me`, { headers: { cookie } })).text();
        const form = new URLSearchParams({ name: '接口测试', days: '1' });
        for (const [, word] of page.matchAll(/name="scope" value="([\w-]+)"/g)) form.append('scope', word);
        const answer = await fetch(`${origin}/me/tokens`,
            { method: 'POST', headers: { cookie, origin }, body: form });
        const secret = (await answer.text()).match(/class="secret">(\w+)</)?.[1];
        if (!secret) throw new Error(`no token was made: ${answer.status}`);
        return secret;
    };
}
