/* post.mjs - signed-in writes through HTTP, as the figures of both engines make them: by wrk. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { signIn } from '../tests/browser/account.mjs';

export const SECONDS = 4;

/* Each post a new person; wrk's own thread makes them. */
function script(origin, cookie) {
    return `local at = 0
local round = os.time()
request = function()
    at = at + 1
    return wrk.format("POST", "/yiyang/person.json", {
        ["Cookie"] = "${cookie}", ["Origin"] = "${origin}", ["Accept"] = "application/json",
        ["Content-Type"] = "application/json"}, '{"name":"试写' .. round .. '之' .. at .. '"}')
end
`;
}

/* What `post` needs: a session of the clerk on this server. */
export async function prepare({ folder }, { origin }) {
    const file = path.join(folder, `post-${new URL(origin).port}.lua`);
    await writeFile(file, script(origin, await signIn(origin)));
    return { origin, file };
}

/* { rate, done, refused, p99 in ms }; a connection that breaks is an error. */
export function post({ origin, file }, clients) {
    return new Promise((resolve, reject) => {
        const child = spawn('wrk', ['-t1', `-c${clients}`, `-d${SECONDS}s`, '--latency', '-s', file,
            origin]);
        let said = '';
        for (const pipe of [child.stdout, child.stderr])
            pipe.on('data', (data) => (said += data));
        child.on('error', reject);
        child.on('close', () => {
            const number = (pattern) => Number(pattern.exec(said)?.[1]);
            const late = /99%\s+([0-9.]+)(us|ms|s)/.exec(said);
            const rate = number(/Requests\/sec:\s+([0-9.]+)/);
            if (!rate || !late || /Socket errors/.test(said)) return reject(new Error(said));
            resolve({
                rate, done: number(/(\d+) requests in/), refused: number(/Non-2xx.*: (\d+)/) || 0,
                p99: Number(late[1]) * { us: 0.001, ms: 1, s: 1000 }[late[2]],
            });
        });
    });
}

/* The same, and none may be refused. */
export async function postAll(prepared, clients) {
    const done = await post(prepared, clients);
    if (done.refused) throw new Error(`${done.refused} of ${done.done} writes were refused`);
    return done;
}
