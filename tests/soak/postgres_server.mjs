/*
 * postgres_server.mjs - a private PostgreSQL that is killed and started again: on disk, with
 * everything that keeps it safe switched on, reached by its socket.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { wait } from '../../bench/measure.mjs';

/* Debian keeps the programs out of PATH; the newest is taken. */
function programs() {
    const versions = readdirSync('/usr/lib/postgresql').map(Number).sort((a, b) => a - b);
    return `/usr/lib/postgresql/${versions.at(-1)}/bin`;
}

/* The server refuses to run as root. */
function user() {
    if (process.getuid() !== 0) return {};
    const [uid, gid] = ['-u', '-g'].map((which) =>
        Number(spawnSync('id', [which, 'postgres'], { encoding: 'utf8' }).stdout));
    return { uid, gid };
}

const childrenOf = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim().split(' ').filter(Boolean).map(Number);

export class PostgresServer {
    /* `settings` are those of postgresql.conf that differ from its own. */
    static async make(settings = {}) {
        const server = new PostgresServer();
        server.settings = Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]);
        server.folder = await mkdtemp(path.join(os.tmpdir(), 'duikou-postgres-'));
        server.as = { ...user(), cwd: server.folder };
        if (server.as.uid) await chown(server.folder, server.as.uid, server.as.gid);
        server.run('initdb', ['--pgdata=data', '--username=duikou', '--auth=trust', '--locale=C',
            '--encoding=UTF8', '--no-instructions']);
        await server.start();
        server.url = `postgresql://duikou@/duikou?host=${server.folder}`;
        return server;
    }

    /* The database, empty, whatever was in it. */
    empty() {
        this.run('psql', ['-qXh', this.folder, '-U', 'duikou', 'postgres',
            '-c', 'drop database if exists duikou with (force)',
            '-c', "create database duikou template template0 encoding 'UTF8' locale 'C' " +
            "locale_provider icu icu_locale 'zh'"]);
    }

    run(name, args) {
        const { status, stderr } = spawnSync(path.join(programs(), name), args,
            { ...this.as, encoding: 'utf8' });
        if (status !== 0) throw new Error(`${name}: ${stderr}`);
    }

    /* Until it answers; what it did when it was killed is mended by then. */
    async start() {
        this.child = spawn(path.join(programs(), 'postgres'),
            ['-D', 'data', '-k', this.folder, '-h', '', ...this.settings],
            { ...this.as, stdio: ['ignore', 'ignore', 'pipe'] });
        this.said = '';
        this.child.stderr.on('data', (data) => (this.said += data));
        this.ended = once(this.child, 'close');
        for (let tries = 0; tries < 600 && this.child.exitCode === null; tries++) {
            if (this.isUp()) return;
            await wait(50);
        }
        throw new Error(`PostgreSQL did not start: ${this.said}`);
    }

    isUp() {
        return spawnSync(path.join(programs(), 'pg_isready'), ['-qh', this.folder], this.as)
            .status === 0;
    }

    /* All its processes at once, as when the machine goes. */
    async kill() {
        const pids = [this.child.pid, ...childrenOf(this.child.pid)];
        for (const pid of pids)
            try {
                process.kill(pid, 'SIGKILL');
            } catch (error) {
                if (error.code !== 'ESRCH') throw error;
            }
        await this.ended;
    }

    async drop() {
        if (this.child.exitCode === null && this.child.signalCode === null) {
            this.child.kill('SIGINT');
            await this.ended;
        }
        await rm(this.folder, { recursive: true, force: true });
    }
}
