/*
 * writes.mjs - writes of a signed-in clerk, with session and journal, through HTTP: 64 clients
 * against one, commits to disk by strace, against a python loop of single commits on the same disk.
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { addClerk, signIn, TODAY } from '../tests/browser/account.mjs';
import { startServer } from '../tests/browser/server.mjs';
import { median, ROUNDS } from './measure.mjs';

const SECONDS = 4, CLIENTS = 64;

/* One insert, one commit, the strictest settings: what sqlite alone does on this disk. */
const LOOP = `
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("pragma journal_mode=wal")
db.execute("pragma synchronous=full")
db.execute("create table if not exists person (body_id integer, id integer, name text, "
           "position integer, primary key (body_id, id)) without rowid")
n, start = db.execute("select count(*) from person").fetchone()[0], time.monotonic()
first = n
while time.monotonic() - start < float(sys.argv[2]):
    db.execute("begin immediate")
    db.execute("insert into person values (?, ?, ?, ?)", (1, n, "probe %d" % n, n))
    db.execute("commit")
    n += 1
print((n - first) / (time.monotonic() - start))
`;

function loop(folder) {
    const { status, stdout, stderr } = spawnSync('python3',
        ['-c', LOOP, path.join(folder, 'loop.db'), String(SECONDS)], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return Number(stdout);
}

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

/* { rate, p99 in ms, done } */
function post(origin, file, clients) {
    const { stdout } = spawnSync('wrk', ['-t1', `-c${clients}`, `-d${SECONDS}s`, '--latency',
        '-s', file, origin], { encoding: 'utf8' });
    const rate = Number(/Requests\/sec:\s+([0-9.]+)/.exec(stdout)?.[1]);
    const late = /99%\s+([0-9.]+)(us|ms|s)/.exec(stdout);
    const done = Number(/(\d+) requests in/.exec(stdout)?.[1]);
    if (!rate || !late || /Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
    return { rate, done, p99: Number(late[1]) * { us: 0.001, ms: 1, s: 1000 }[late[2]] };
}

/* The server under strace, which counts what reaches the disk. A thread runs free between the calls
 * that are asked for only after its first of them: set_robust_list, with which each begins. */
async function syncsPerWrite(context) {
    const counted = path.join(context.folder, 'syncs'), wrapped = path.join(context.folder, 'traced');
    await writeFile(wrapped, `#!/bin/sh
exec strace -D -f --seccomp-bpf -qq -e trace=fsync,fdatasync,set_robust_list -o ${counted} \
    ${context.binary} "$@"
`, { mode: 0o755 });
    const server = await startServer({ ...context, binary: wrapped }, TODAY);
    try {
        const file = path.join(context.folder, 'post.lua');
        await writeFile(file, script(server.origin, await signIn(server.origin)));
        const syncs = () => readFileSync(counted, 'utf8').split('\n')
            .filter((line) => /sync\(/.test(line)).length; /* not the lines that resume one */
        const before = syncs();
        const { done } = post(server.origin, file, CLIENTS);
        return (syncs() - before) / done;
    } finally {
        await server.stop();
    }
}

export async function measure(context) {
    const first = await startServer(context);
    await first.stop();
    await addClerk(context);
    const rounds = [];
    for (let i = 0; i < ROUNDS; i++) {
        const server = await startServer(context, TODAY);
        try {
            const file = path.join(context.folder, 'post.lua');
            await writeFile(file, script(server.origin, await signIn(server.origin)));
            const one = post(server.origin, file, 1), many = post(server.origin, file, CLIENTS);
            const python = loop(context.folder);
            console.error(`  one ${one.rate.toFixed(0)}/s, ${CLIENTS} ${many.rate.toFixed(0)}/s, ` +
                `p99 ${many.p99.toFixed(1)} ms, python ${python.toFixed(0)}/s`);
            rounds.push({ crowd: many.rate / one.rate, python: many.rate / python, p99: many.p99 });
        } finally {
            await server.stop();
        }
    }
    return {
        'writes-crowd': median(rounds.map(({ crowd }) => crowd)),
        'writes-python': median(rounds.map(({ python }) => python)),
        'writes-p99': median(rounds.map(({ p99 }) => p99)),
        'writes-syncs': await syncsPerWrite(context),
    };
}
