/*
 * run.mjs - node bench/run.mjs [NAME…], names as in `groups` below: figures of this run as a table,
 * against thresholds.tsv; written to build/bench.tsv. Exit 1 when one is missed.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const groups = ['reader', 'directory', 'million', 'start', 'idle', 'writes', 'postgres'];

async function readThresholds() {
    const text = await readFile(new URL('thresholds.tsv', import.meta.url), 'utf8');
    return text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
        const [name, relation, limit, unit, what] = line.split('\t');
        return { name, relation, limit: Number(limit), unit, what };
    });
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : groups;
const unknown = wanted.find((name) => !groups.includes(name));
if (unknown) {
    console.error(`there is no figure ${unknown}; there are: ${groups.join(' ')}`);
    process.exit(2);
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'duikou-bench-'));
const context = { root, folder, binary: path.join(root, 'build/duikou') };
const figures = {};
try {
    await mkdir(path.join(root, 'build/bench'), { recursive: true });
    for (const name of wanted) {
        console.error(name);
        const { measure } = await import(`./${name}.mjs`);
        Object.assign(figures, await measure(context));
    }
} finally {
    await context.database?.drop?.();
    await rm(folder, { recursive: true, force: true });
}

const rows = (await readThresholds()).filter(({ name }) => name in figures).map((row) => ({
    ...row, value: figures[row.name],
    kept: row.relation === 'least' ? figures[row.name] >= row.limit : figures[row.name] <= row.limit,
}));
const show = (value) => value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
for (const { name, relation, limit, unit, value, kept } of rows)
    console.log(`${kept ? 'ok  ' : 'MISS'} ${name.padEnd(20)} ${show(value).padStart(8)} ` +
        `${unit.padEnd(6)} at ${relation} ${limit}`);
await writeFile(path.join(root, 'build/bench.tsv'),
    ['figure\tvalue\tunit\trelation\tlimit\tkept', ...rows.map(
        ({ name, value, unit, relation, limit, kept }) =>
            [name, value.toPrecision(4), unit, relation, limit, kept ? 'yes' : 'no'].join('\t'))]
        .join('\n') + '\n');
process.exitCode = rows.every(({ kept }) => kept) && rows.length > 0 ? 0 : 1;
