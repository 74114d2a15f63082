/*
 * writes.mjs - writes of a signed-in clerk, with session and journal, through HTTP: 64 clients
 * against one, commits to disk by strace, against a python loop of single commits on the same disk.
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { addClerk, TODAY } from '../tests/browser/account.mjs';
import { startServer } from '../tests/browser/server.mjs';
import { median, ROUNDS } from './measure.mjs';
import { postAll, prepare, SECONDS } from './post.mjs';

const CLIENTS = 64;

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

async function onServer(context, body) {
    const server = await startServer(context, TODAY);
    try {
        return await body(await prepare(context, server));
    } finally {
        await server.stop();
    }
}

/* The server under strace, which counts what reaches the disk. A thread runs free between the calls
 * that are asked for only after its first of them: set_robust_list, with which each begins. */
async function syncsPerWrite(context) {
    const counted = path.join(context.folder, 'syncs'), wrapped = path.join(context.folder, 'traced');
    await writeFile(wrapped, `#!/bin/sh
exec strace -D -f --seccomp-bpf -qq -e trace=fsync,fdatasync,set_robust_list -o ${counted} \\
    ${context.binary} "$@"
`, { mode: 0o755 });
    const syncs = () => readFileSync(counted, 'utf8').split('\n')
        .filter((line) => /sync\(/.test(line)).length; /* not the lines that resume one */
    return onServer({ ...context, binary: wrapped }, async (prepared) => {
        const before = syncs();
        const { done } = await postAll(prepared, CLIENTS);
        return (syncs() - before) / done;
    });
}

export async function measure(context) {
    const first = await startServer(context);
    await first.stop();
    await addClerk(context);
    const rounds = [];
    for (let i = 0; i < ROUNDS; i++)
        rounds.push(await onServer(context, async (prepared) => {
            const one = await postAll(prepared, 1), many = await postAll(prepared, CLIENTS);
            const python = loop(context.folder);
            console.error(`  one ${one.rate.toFixed(0)}/s, ${CLIENTS} ${many.rate.toFixed(0)}/s, ` +
                `p99 ${many.p99.toFixed(1)} ms, python ${python.toFixed(0)}/s`);
            return { crowd: many.rate / one.rate, python: many.rate / python, p99: many.p99 };
        }));
    return {
        'writes-crowd': median(rounds.map(({ crowd }) => crowd)),
        'writes-python': median(rounds.map(({ python }) => python)),
        'writes-p99': median(rounds.map(({ p99 }) => p99)),
        'writes-syncs': await syncsPerWrite(context),
    };
}
