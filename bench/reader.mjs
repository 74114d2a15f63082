/* reader.mjs - `duikou read` against iconv on the same text, by processor time on one core. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { median, ROUNDS, processorSecondsOf } from './measure.mjs';
import { makeText } from './text.mjs';

export async function measure({ binary, folder }) {
    const megabyte = 1 << 20;
    const files = { one: path.join(folder, '1.txt'), ten: path.join(folder, '10.txt') };
    await writeFile(files.one, makeText(megabyte));
    await writeFile(files.ten, makeText(10 * megabyte));
    const onOneCore = (...command) => processorSecondsOf('taskset', ['-c', '0', ...command]);
    const times = { iconv: [], one: [], ten: [] };
    for (let round = 0; round < ROUNDS; round++) {
        times.iconv.push(onOneCore('iconv', '-f', 'utf-8', '-t', 'utf-16', files.ten));
        times.one.push(onOneCore(binary, 'read', '--json', files.one));
        times.ten.push(onOneCore(binary, 'read', '--json', files.ten));
    }
    console.error(`  10 MB: ${median(times.ten)} s, iconv ${median(times.iconv)} s`);
    return {
        'reader-iconv': median(times.iconv) / median(times.ten),
        'reader-growth': median(times.ten) / median(times.one),
    };
}
