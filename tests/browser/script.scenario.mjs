/*
 * Markup that somebody stored does nothing in a browser; and were it ever to stand in a page as it
 * is, the page's own policy stops it.
 */
const say = (condition, text) => {
    if (!condition) throw new Error(text);
};

const MARKUP = '"\'><img src=x onerror="window.zq=1"><script>window.zq=1</script>';

async function isText({ page, server: { origin } }) {
    const made = await fetch(`${origin}/yiyang/organization`, { method: 'POST', redirect: 'manual',
        headers: { origin }, body: new URLSearchParams({ name: MARKUP, classification: 'unit' }) });
    say(made.status === 303, `not stored: ${made.status}`);
    const place = made.headers.get('location');
    for (const target of [place, `${place}/edit`, '/yiyang/search?q=onerror',
        '/yiyang/organization/pick?q=%22%27']) {
        await page.goto(origin + target);
        say((await page.content()).includes('onerror'), `${target} does not show it`);
        const [ran, pictures] = await page.evaluate(() =>
            [window.zq, document.querySelectorAll('img[src=x]').length]);
        say(!ran && pictures === 0, `${target} runs what was stored`);
    }
}

/* In a page of its own: what it meets is wanted here. */
async function isStopped({ context, server: { origin } }) {
    const tabs = await context.browser.newContext({ locale: 'zh-CN' });
    const page = await tabs.newPage();
    await page.goto(`${origin}/yiyang/directory`);
    const stopped = await page.evaluate(async () => {
        const met = [];
        document.addEventListener('securitypolicyviolation',
            (event) => met.push(event.effectiveDirective));
        const wait = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        const holder = document.createElement('div');
        holder.innerHTML = '<img src="data:x" onerror="window.zq=1"><a href="javascript:window.zq=1">x</a>' +
            '<iframe src="https://evil.example/"></iframe><form action="https://evil.example/"></form>';
        document.body.append(holder);
        const script = document.createElement('script');
        script.textContent = 'window.zq=1';
        document.body.append(script);
        const foreign = document.createElement('script');
        foreign.src = 'https://evil.example/a.js';
        document.body.append(foreign);
        const base = document.createElement('base');
        base.href = 'https://evil.example/';
        document.head.append(base);
        holder.querySelector('a').click();
        holder.querySelector('form').submit();
        for (let i = 0; i < 50 && new Set(met).size < 6; i++) await wait();
        return { met: [...new Set(met)].sort(), ran: window.zq, here: location.origin };
    });
    await tabs.close();
    say(!stopped.ran && stopped.here === origin, `something ran: ${JSON.stringify(stopped)}`);
    for (const directive of ['base-uri', 'form-action', 'frame-src', 'script-src-attr',
        'script-src-elem'])
        say(stopped.met.includes(directive), `${directive} was not held: ${stopped.met}`);
}

export default [
    { name: 'stored markup is text', widths: [1440], run: isText },
    { name: 'the policy stops what is no text', widths: [1440], run: isStopped },
];
