#include "view/template_priv.h"

#include <strings.h>

/* Reads just enough of HTML to know where a tag of the template stands. Stricter than browsers:
 * what is odd is refused when compiling rather than guessed when rendering. */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static struct str name_of(const struct html_state *html)
{
    return (struct str){html->name, (size_t)html->name_len};
}

static void name_add(struct html_state *html, char c)
{
    if (html->name_len == HTML_NAME_MAX)
        return;
    html->name[html->name_len++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static void name_begin(struct html_state *html, enum html_place place, char c)
{
    html->place = place;
    html->name_len = 0;
    name_add(html, c);
}

/* --- elements --- */

static const char *const element_names[] = {
    [ELEMENT_SCRIPT] = "script", [ELEMENT_TEXTAREA] = "textarea", [ELEMENT_TITLE] = "title"};

static const char *end_tag_name(struct html_state *html)
{
    html->element = ELEMENT_OTHER;
    for (int i = ELEMENT_SCRIPT; i <= ELEMENT_TITLE; i++)
        if (str_is(name_of(html), element_names[i]))
            html->element = (enum html_element)i;
    return str_is(name_of(html), "style") ? "不能写 <style>，样式请放在样式文件里" : NULL;
}

static const char *close_tag(struct html_state *html)
{
    html->place = html->element != ELEMENT_OTHER && !html->end_tag ? HTML_RAW : HTML_TEXT;
    return NULL;
}

/* --- attributes --- */

/* htmx reads its settings, and "js:", out of the second group. */
static const char *const url_attrs[] = {
    "href",      "src",        "action",    "formaction",  "poster",         "cite",
    "data",      "xlink:href", "hx-get",    "hx-post",     "hx-put",         "hx-patch",
    "hx-delete", "hx-query",   "hx-action", "hx-push-url", "hx-replace-url",
};
static const char *const closed_attrs[] = {
    "srcset",     "ping",       "hx-vals",   "hx-vars", "hx-headers", "hx-request", "hx-config",
    "hx-trigger", "hx-confirm", "hx-status", "hx-swap", "hx-sync",    "hx-boost",
};

static bool is_one_of(struct str name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

static const char *end_attr_name(struct html_state *html)
{
    struct str name = name_of(html);
    if (str_starts(name, STR("data-hx-")))
        name = str_from_byte(name, STR("data-").len);
    if (str_is(name, "style") || str_is(name, "srcdoc") || str_starts(name, STR("on")) ||
        str_starts(name, STR("hx-on")))
        return "内容安全策略不允许 style、srcdoc 和 on… 属性";
    if (is_one_of(name, url_attrs, sizeof url_attrs / sizeof *url_attrs))
        html->attr = ATTR_URL;
    else if (is_one_of(name, closed_attrs, sizeof closed_attrs / sizeof *closed_attrs))
        html->attr = ATTR_CLOSED;
    else
        html->attr = ATTR_PLAIN;
    return NULL;
}

static void begin_value(struct html_state *html, enum html_place place)
{
    html->place = place;
    html->url = URL_START;
    html->name_len = 0;
}

static const char *feed_url(struct html_state *html, char c)
{
    if (html->url == URL_START)
        html->url = URL_PATH;
    if (html->url == URL_PATH && (c == '?' || c == '#'))
        html->url = URL_QUERY;
    if (c != ':') {
        if (!is_space(c))
            name_add(html, c);
        return NULL;
    }
    struct str scheme = name_of(html);
    bool runs =
        str_is(scheme, "javascript") || str_is(scheme, "vbscript") || str_is(scheme, "data");
    return runs ? "不允许 javascript:、vbscript: 和 data: 地址" : NULL;
}

/* --- one function a place --- */

static const char *feed_text(struct html_state *html, struct str rest)
{
    if (rest.ptr[0] != '<' || rest.len < 2)
        return rest.ptr[0] == '<' ? (html->place = HTML_TAG_OPEN, NULL) : NULL;
    if (str_starts(rest, STR("<!--")))
        html->place = HTML_COMMENT;
    else if (rest.ptr[1] == '!' || rest.ptr[1] == '?')
        html->place = HTML_DECLARATION;
    else if (rest.ptr[1] == '/' || is_letter(rest.ptr[1]))
        html->place = HTML_TAG_OPEN;
    return NULL;
}

static const char *feed_raw(struct html_state *html, struct str rest)
{
    const char *name = element_names[html->element];
    size_t len = strlen(name);
    if (rest.ptr[0] == '<' && rest.len > len + 2 && rest.ptr[1] == '/' &&
        strncasecmp(rest.ptr + 2, name, len) == 0 && !is_letter(rest.ptr[len + 2])) {
        html->place = HTML_TAG_OPEN;
        return NULL;
    }
    return html->element == ELEMENT_SCRIPT && !is_space(rest.ptr[0])
               ? "不能在页面里写脚本，请放在脚本文件里"
               : NULL;
}

static const char *feed_tag_open(struct html_state *html, char c)
{
    if (c == '/') {
        html->end_tag = true;
        return NULL;
    }
    if (!is_letter(c))
        return "“<”之后应是标签名，正文里的小于号请写 &lt;";
    name_begin(html, HTML_TAG_NAME, c);
    return NULL;
}

static const char *feed_tag_name(struct html_state *html, char c)
{
    if (is_letter(c) || c == '-' || c == ':' || (c >= '0' && c <= '9')) {
        name_add(html, c);
        return NULL;
    }
    if (c != '>' && c != '/' && !is_space(c))
        return "标签名里有不认识的字符";
    const char *refused = end_tag_name(html);
    html->place = HTML_TAG;
    return refused ? refused : c == '>' ? close_tag(html) : NULL;
}

static const char *feed_tag(struct html_state *html, char c)
{
    if (c == '>')
        return close_tag(html);
    if (is_space(c) || c == '/') {
        html->place = HTML_TAG;
        return NULL;
    }
    if (html->place == HTML_TAG_TIGHT)
        return "属性之前要有空格";
    if (!is_letter(c))
        return "属性名应以字母开头";
    name_begin(html, HTML_ATTR_NAME, c);
    return NULL;
}

static const char *feed_attr_name(struct html_state *html, char c)
{
    if (is_space(c) || c == '=' || c == '>' || c == '/') {
        const char *refused = end_attr_name(html);
        html->place = c == '=' ? HTML_BEFORE_VALUE : is_space(c) ? HTML_ATTR_GAP : HTML_TAG;
        return refused ? refused : c == '>' ? close_tag(html) : NULL;
    }
    if (c == '"' || c == '\'' || c == '<')
        return "属性名里有不认识的字符";
    name_add(html, c);
    return NULL;
}

static const char *feed_attr_gap(struct html_state *html, char c)
{
    if (is_space(c))
        return NULL;
    html->place = c == '=' ? HTML_BEFORE_VALUE : HTML_TAG;
    return c == '=' ? NULL : feed_tag(html, c);
}

static const char *feed_before_value(struct html_state *html, char c)
{
    if (is_space(c))
        return NULL;
    if (c == '>')
        return "属性没有值";
    begin_value(html, c == '"'    ? HTML_VALUE_DOUBLE
                      : c == '\'' ? HTML_VALUE_SINGLE
                                  : HTML_VALUE_BARE);
    return html->place == HTML_VALUE_BARE && html->attr == ATTR_URL ? feed_url(html, c) : NULL;
}

static const char *feed_value(struct html_state *html, char c)
{
    if ((html->place == HTML_VALUE_DOUBLE && c == '"') ||
        (html->place == HTML_VALUE_SINGLE && c == '\'')) {
        html->place = HTML_TAG_TIGHT;
        return NULL;
    }
    if (html->place == HTML_VALUE_BARE && (is_space(c) || c == '>')) {
        html->place = HTML_TAG;
        return c == '>' ? close_tag(html) : NULL;
    }
    return html->attr == ATTR_URL ? feed_url(html, c) : NULL;
}

static const char *feed_one(struct html_state *html, struct str rest)
{
    switch (html->place) {
    case HTML_TEXT:
        html->end_tag = false;
        return feed_text(html, rest);
    case HTML_RAW:
        return feed_raw(html, rest);
    case HTML_TAG_OPEN:
        return feed_tag_open(html, rest.ptr[0]);
    case HTML_TAG_NAME:
        return feed_tag_name(html, rest.ptr[0]);
    case HTML_TAG:
    case HTML_TAG_TIGHT:
        return feed_tag(html, rest.ptr[0]);
    case HTML_ATTR_NAME:
        return feed_attr_name(html, rest.ptr[0]);
    case HTML_ATTR_GAP:
        return feed_attr_gap(html, rest.ptr[0]);
    case HTML_BEFORE_VALUE:
        return feed_before_value(html, rest.ptr[0]);
    case HTML_VALUE_DOUBLE:
    case HTML_VALUE_SINGLE:
    case HTML_VALUE_BARE:
        return feed_value(html, rest.ptr[0]);
    case HTML_COMMENT:
        if (str_starts(rest, STR("-->")))
            html->place = HTML_DECLARATION; /* its ">" ends both */
        return NULL;
    case HTML_DECLARATION:
        if (rest.ptr[0] == '>')
            html->place = HTML_TEXT;
        return NULL;
    }
    return NULL;
}

const char *html_feed(struct html_state *html, struct str text, size_t *ret_offset)
{
    for (size_t i = 0; i < text.len; i++) {
        const char *refused = feed_one(html, str_from_byte(text, i));
        if (refused) {
            *ret_offset = i;
            return refused;
        }
    }
    return NULL;
}

const char *html_boundary(struct html_state *html)
{
    const char *refused = NULL;
    switch (html->place) {
    case HTML_TEXT:
    case HTML_TAG:
    case HTML_TAG_TIGHT:
    case HTML_VALUE_DOUBLE:
        return NULL;
    case HTML_RAW:
        return html->element == ELEMENT_SCRIPT ? "脚本里不能使用模板标记" : NULL;
    case HTML_TAG_NAME:
        refused = end_tag_name(html);
        break;
    case HTML_ATTR_NAME:
        refused = end_attr_name(html);
        break;
    case HTML_ATTR_GAP:
        break;
    case HTML_VALUE_SINGLE:
    case HTML_VALUE_BARE:
    case HTML_BEFORE_VALUE:
        return "属性值要用双引号";
    default:
        return "标签名、注释和声明里不能使用模板标记";
    }
    html->place = HTML_TAG_TIGHT;
    return refused;
}

const char *html_value(struct html_state *html)
{
    switch (html->place) {
    case HTML_TEXT:
        return NULL;
    case HTML_RAW:
        return html->element == ELEMENT_SCRIPT ? "脚本里不能使用模板标记" : NULL;
    case HTML_VALUE_DOUBLE:
        break;
    case HTML_VALUE_SINGLE:
    case HTML_VALUE_BARE:
    case HTML_BEFORE_VALUE:
        return "属性值要用双引号";
    default:
        return "值只能写在正文或双引号的属性值里";
    }
    if (html->attr == ATTR_CLOSED)
        return "这个属性的值会被当作代码或数据，不能写入变量";
    if (html->attr == ATTR_URL && html->url == URL_UNCLEAR)
        return "地址的开头不确定，请把两种情况分开写";
    if (html->attr == ATTR_URL && html->url == URL_START)
        html->url = URL_PATH;
    return NULL;
}

bool html_join(struct html_state *html, const struct html_state *before, bool repeats)
{
    bool is_open = html->place == HTML_VALUE_DOUBLE;
    bool tight = html->place == HTML_TAG_TIGHT || before->place == HTML_TAG_TIGHT;
    bool tag = (html->place == HTML_TAG || html->place == HTML_TAG_TIGHT) &&
               (before->place == HTML_TAG || before->place == HTML_TAG_TIGHT);
    if (html->place != before->place && (repeats || !tag))
        return false;
    if ((tag || is_open || html->place == HTML_RAW) &&
        (html->element != before->element || html->end_tag != before->end_tag))
        return false;
    if (tag && tight)
        html->place = HTML_TAG_TIGHT;
    if (!is_open)
        return true;
    if (html->attr != before->attr)
        return false;
    if (html->attr != ATTR_URL || html->url == before->url)
        return true;
    html->url = html->url == URL_START || before->url == URL_START       ? URL_UNCLEAR
                : html->url == URL_UNCLEAR || before->url == URL_UNCLEAR ? URL_UNCLEAR
                                                                         : URL_QUERY;
    return !repeats;
}
