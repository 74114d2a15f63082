/* Every link that a reader can follow from the first page leads somewhere. */
import { crawl } from './crawl.mjs';

export default [{
    name: 'no link is broken',
    run: async ({ server }) => {
        const { broken, paths } = await crawl(server.origin);
        if (broken.length > 0) throw new Error(`of ${paths.length} pages:\n${broken.join('\n')}`);
    },
}];
