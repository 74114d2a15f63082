/*
 * text.mjs - a liaison document of our own writing, as long as is asked for: chapters of prose
 * with requirements, and lists of units after each committee. The same bytes every time.
 */
const FIELDS = ['水务', '林草', '文旅', '民政', '财政', '审计', '统计', '气象', '粮食', '供销', '档案',
    '园林', '港航', '盐业', '测绘', '信访', '能源', '药监', '体育', '广电', '邮政', '烟草', '税务'];
const SUFFIXES = ['局', '中心', '办公室', '总站', '学会', '公司', '研究所'];
const COMMITTEES = ['提案', '经济', '农业', '城建', '教卫', '文史', '社法', '联谊'];
const SENTENCES = [
    '专委会主任会议每季度听取一次对口工作情况。', '各单位确定一名负责同志和一名联络员，人员有变的十日内书面告知。',
    '年度安排于每年三月底前印发，年中可以按程序调整。', '对口双方每年至少共同开展两次调研，必要时邀请专家参加。',
    '联络员收到来函后五个工作日内答复，情况复杂的可以先说明进度。', '双方交换的简报、统计公报和工作总结由联络员登记。',
    '办公室每半年汇总一次落实情况，并向主席会议报告。', '通过座谈、走访、来信来电等方式听取界别群众意见。',
];

/* Numbers that look random and never change. */
function makeDice(seed) {
    let state = seed;
    return (n) => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return (state >>> 8) % n;
    };
}

const HEAD = '试政协发〔2022〕3号\n\n政协试验市委员会\n关于试行对口联系工作的办法\n\n' +
    '一、总则\n为便于测量，拟定本办法，内容均为虚构。\n\n';

export function makeText(bytes) {
    const dice = makeDice(7);
    const parts = [HEAD];
    let length = Buffer.byteLength(HEAD);
    const put = (text) => {
        parts.push(text);
        length += Buffer.byteLength(text);
    };
    for (let chapter = 1; length < bytes; chapter++) {
        put(`${chapter}. ${SENTENCES[dice(SENTENCES.length)]}\n`);
        for (let i = 0; i < 12 && length < bytes; i++)
            put(Array.from({ length: 3 + dice(5) }, () => SENTENCES[dice(SENTENCES.length)])
                .join('') + '\n');
        const units = Array.from({ length: 4 + dice(12) }, () =>
            `市${FIELDS[dice(FIELDS.length)]}${SUFFIXES[dice(SUFFIXES.length)]}`);
        put(`${COMMITTEES[dice(COMMITTEES.length)]}委员会：${[...new Set(units)].join('、')}。\n`);
    }
    return Buffer.from(parts.join('')).subarray(0, cut(parts.join(''), bytes));
}

/* The last whole character at or before that many bytes. */
function cut(text, bytes) {
    const all = Buffer.from(text);
    let end = Math.min(bytes, all.length);
    while (end < all.length && (all[end] & 0xC0) === 0x80) end--;
    return end;
}
