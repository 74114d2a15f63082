/*
 * deeds - what a duty may ask for, as one closed list: pages, YAML and flows name them alike.
 */
#ifndef ENGINE_SCHEME_DEEDS_H
#define ENGINE_SCHEME_DEEDS_H

/* clang-format off */
#define DEED_TABLE(X) \
    /* meetings and activities */ \
    X("activity", "对口联系活动") \
    X("liaison-meeting", "对口部门负责人联系会") \
    X("joint-conference", "联席会议") \
    X("consultation-meeting", "协商会议") \
    X("hearing", "意见听证会") \
    X("symposium", "座谈会") \
    X("topical-meeting", "专题会议") \
    X("work-meeting", "工作会议") \
    X("briefing", "通报情况") \
    X("invite-observer", "邀请列席会议") \
    X("invite-activity", "邀请参加活动") \
    X("survey", "调研") \
    X("commission-survey", "委托调研") \
    X("visit", "走访视察") \
    X("support", "支持配合") \
    X("notify", "事先联系通知") \
    X("arrange", "会商落实") \
    X("supervision", "民主监督") \
    X("inspection", "督促检查") \
    X("self-inspection", "检查办理情况") \
    X("study-session", "专题研究") \
    X("reading-session", "读书会") \
    X("training", "学习培训") \
    /* paper */ \
    X("plan", "年度工作计划") \
    X("summary", "年度工作总结") \
    X("material", "抄送交换材料") \
    X("copy", "抄送文件") \
    X("provide-material", "提供资料") \
    X("access", "调阅资料") \
    X("consult-opinion", "征求意见") \
    X("reply", "答复反馈") \
    X("help-report", "帮助反映情况") \
    X("minutes", "活动记录") \
    X("result", "协商成果") \
    X("sign-off", "签发") \
    X("distribution", "报送分送") \
    X("bulletin", "通报") \
    X("experience", "总结推广经验") \
    X("publicity", "宣传报道") \
    X("funding", "经费保障") \
    X("own-rules", "制定具体制度") \
    X("agreement", "商定联系措施") \
    /* topics */ \
    X("call-topics", "征集议题") \
    X("determine-topics", "确定议题") \
    X("issue-plan", "印发年度协商计划") \
    X("decision", "会议审定") \
    /* people and links */ \
    X("designate-leader", "确定责任领导") \
    X("designate-contact", "确定联系人") \
    X("designate-section", "确定责任科室") \
    X("report-designation", "报送人员名单") \
    X("assign-person", "选派人员") \
    X("coordination", "综合协调") \
    X("working-contact", "建立工作联系") \
    X("appointment", "聘任特约监督员") \
    X("leader-contact", "领导联系") \
    X("party-organization", "设立党组织") \
    /* sectors and members */ \
    X("convener", "界别召集人") \
    X("first-convener", "第一召集人") \
    X("coordinator", "总协调人") \
    X("sector-liaison", "界别联络员") \
    X("sector-link", "专门委员会联系界别") \
    X("sector-plan", "界别年度工作计划") \
    X("sector-activity", "界别活动") \
    X("sector-summary", "界别工作总结") \
    X("sector-submission", "以界别名义发言和提案") \
    X("key-contact", "重点联系对象") \
    X("contact-record", "联系服务登记") \
    X("service", "服务群众") \
    X("opinion", "反映意见建议") \
    X("convert-opinion", "转化意见建议") \
    X("online-duty", "网上履职") \
    X("workroom", "委员工作室建设") \
    X("workroom-seat", "入驻委员工作室") \
    X("workroom-activity", "委员工作室活动") \
    X("appraisal", "履职考核评价") \
    X("performance", "机关绩效考核") \
    X("award", "评选表彰") \
    X("other", "其他")
/* clang-format on */

#endif
