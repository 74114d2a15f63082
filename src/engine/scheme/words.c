#include "engine/scheme/scheme.h"

#define X_WORD(name, word, label) {word, label},
const struct word party_class_words[party_class_n] = {PARTY_CLASS_TABLE(X_WORD)};
const struct word duty_shape_words[duty_shape_n] = {DUTY_SHAPE_TABLE(X_WORD)};
const struct word strength_words[strength_n] = {STRENGTH_TABLE(X_WORD)};
const struct word period_words[period_n] = {PERIOD_TABLE(X_WORD)};
const struct word actor_words[actor_n] = {ACTOR_TABLE(X_WORD)};
const struct word day_kind_words[day_kind_n] = {DAY_KIND_TABLE(X_WORD)};
const struct word link_kind_words[link_kind_n] = {LINK_KIND_TABLE(X_WORD)};
const struct word attendance_words[attendance_n] = {ATTENDANCE_TABLE(X_WORD)};

const struct word body_class_words[] = {
    {"cppcc", "政协"},
    {"government", "政府"},
    {"party-committee", "党委"},
    {"liaison-office", "政协联工委"},
};
const int body_class_words_n = sizeof body_class_words / sizeof *body_class_words;

const struct word deed_words[] = {
    /* meetings and activities */
    {"activity", "对口联系活动"},
    {"liaison-meeting", "对口部门负责人联系会"},
    {"joint-conference", "联席会议"},
    {"consultation-meeting", "协商会议"},
    {"hearing", "意见听证会"},
    {"symposium", "座谈会"},
    {"topical-meeting", "专题会议"},
    {"work-meeting", "工作会议"},
    {"briefing", "通报情况"},
    {"invite-observer", "邀请列席会议"},
    {"invite-activity", "邀请参加活动"},
    {"survey", "调研"},
    {"commission-survey", "委托调研"},
    {"visit", "走访视察"},
    {"support", "支持配合"},
    {"notify", "事先联系通知"},
    {"supervision", "民主监督"},
    {"inspection", "督促检查"},
    {"self-inspection", "检查办理情况"},
    {"study-session", "专题研究"},
    {"reading-session", "读书会"},
    {"training", "学习培训"},
    /* paper */
    {"plan", "年度工作计划"},
    {"summary", "年度工作总结"},
    {"material", "抄送交换材料"},
    {"copy", "抄送文件"},
    {"provide-material", "提供资料"},
    {"access", "调阅资料"},
    {"consult-opinion", "征求意见"},
    {"reply", "答复反馈"},
    {"help-report", "帮助反映情况"},
    {"minutes", "活动记录"},
    {"result", "协商成果"},
    {"sign-off", "签发"},
    {"distribution", "报送分送"},
    {"bulletin", "通报"},
    {"experience", "总结推广经验"},
    {"publicity", "宣传报道"},
    {"funding", "经费保障"},
    {"own-rules", "制定具体制度"},
    {"agreement", "商定联系措施"},
    /* topics */
    {"call-topics", "征集议题"},
    {"determine-topics", "确定议题"},
    {"issue-plan", "印发年度协商计划"},
    {"decision", "会议审定"},
    /* people and links */
    {"designate-leader", "确定责任领导"},
    {"designate-contact", "确定联系人"},
    {"designate-section", "确定责任科室"},
    {"report-designation", "报送人员名单"},
    {"assign-person", "选派人员"},
    {"working-contact", "建立工作联系"},
    {"appointment", "聘任特约监督员"},
    {"leader-contact", "领导联系"},
    {"party-organization", "设立党组织"},
    /* sectors and members */
    {"convener", "界别召集人"},
    {"first-convener", "第一召集人"},
    {"coordinator", "总协调人"},
    {"sector-liaison", "界别联络员"},
    {"sector-link", "专门委员会联系界别"},
    {"sector-plan", "界别年度工作计划"},
    {"sector-activity", "界别活动"},
    {"sector-summary", "界别工作总结"},
    {"sector-submission", "以界别名义发言和提案"},
    {"key-contact", "重点联系对象"},
    {"contact-record", "联系服务登记"},
    {"service", "服务群众"},
    {"opinion", "反映意见建议"},
    {"convert-opinion", "转化意见建议"},
    {"online-duty", "网上履职"},
    {"workroom", "委员工作室建设"},
    {"workroom-seat", "入驻委员工作室"},
    {"workroom-activity", "委员工作室活动"},
    {"appraisal", "履职考核评价"},
    {"performance", "机关绩效考核"},
    {"award", "评选表彰"},
    {"other", "其他"},
};
const int deed_words_n = sizeof deed_words / sizeof *deed_words;

int word_find(const struct word *words, int n, struct str text)
{
    for (int i = 0; i < n; i++)
        if (str_is(text, words[i].word))
            return i;
    return -1;
}
