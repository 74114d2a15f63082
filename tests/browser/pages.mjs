/*
 * pages.mjs - the pages that are walked. { name, path, status, see }: the path, or a function
 * (server) => path that finds one; the status when not 200; a selector that must be visible.
 */

/* Path of the n-th record of a list: its own address, from the list's JSON. */
export const recordOf = (list, n = 0) => async ({ origin }) => {
    const { items } = await (await fetch(`${origin}${list}.json`)).json();
    return items[n].url;
};
const editOf = (list) => async (server) => `${await recordOf(list)(server)}/edit`;

const BODIES = ['nanbu', 'ordos', 'yiyang', 'ziyang'];
const KINDS = ['organization', 'document', 'scheme', 'statement', 'content', 'form', 'duty', 'link'];
const EMPTY_KINDS = ['person', 'membership', 'designation'];

export const pages = [
    { name: 'bodies', path: '/' },
    ...BODIES.map((body) => ({ name: `${body}-directory`, path: `/${body}/directory` })),
    { name: 'units', path: '/yiyang/directory/units' },
    { name: 'matrix', path: '/yiyang/directory/matrix' },
    { name: 'directory-searched', path: '/yiyang/directory?q=jyj' },
    { name: 'search', path: '/yiyang/search?q=%E5%B7%A5%E4%BC%9A' },
    { name: 'search-nothing', path: '/yiyang/search?q=%E9%BE%98%E9%BE%98' },
    ...[...KINDS, ...EMPTY_KINDS].flatMap((kind) => [
        { name: `${kind}-list`, path: `/yiyang/${kind}` },
        { name: `${kind}-new`, path: `/yiyang/${kind}/new` },
    ]),
    ...KINDS.flatMap((kind) => [
        { name: `${kind}-page`, path: recordOf(`/yiyang/${kind}`) },
        { name: `${kind}-edit`, path: editOf(`/yiyang/${kind}`) },
    ]),
    { name: 'journal-check', path: '/yiyang/journal/check' },
    { name: 'roster', path: '/yiyang/roster', see: 'text=全部空白回执' },
    { name: 'roster-missing', path: '/yiyang/roster?show=missing' },
    { name: 'organization-by-name', path: '/yiyang/organization?sort=name' },
    { name: 'unit-page', path: recordOf('/yiyang/organization', 20) },
    { name: 'nothing-here', path: '/nothing-here', status: 404 },
    { name: 'no-such-record', path: '/yiyang/organization/0000000000001', status: 404 },
    { name: 'bad-parameter', path: '/yiyang/organization?after=nonsense', status: 422 },
];
