/*
 * pages.mjs - the pages that are walked. { name, path, status, see }: the path, or a function
 * (server) => path that finds one; the status when not 200; a selector that must be visible.
 */

/* Path of the n-th record of a list: its own address, from the list's JSON. */
export const recordOf = (list, n = 0) => async ({ origin }) => {
    const { items } = await (await fetch(`${origin}${list}.json`)).json();
    return `${list}/${items[n].id}`;
};

export const pages = [
    { name: 'bodies', path: '/' },
    { name: 'nothing-here', path: '/nothing-here', status: 404 },
];
