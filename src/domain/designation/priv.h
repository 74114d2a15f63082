/*
 * priv - the steps of a designation (designation.c) and what they do (deeds.c).
 */
#ifndef DOMAIN_DESIGNATION_PRIV_H
#define DOMAIN_DESIGNATION_PRIV_H

#include "domain/designation/designation.h"

/* Name, post, section and telephones: what 变更信息 asks. */
extern const struct field designation_change_fields[];

flow_rule designation_one_at_a_time;
flow_rule designation_begin;
flow_rule designation_end_on;
flow_rule designation_replace;
flow_rule designation_restore;
flow_rule designation_withdraw;
flow_rule designation_take_told;
flow_rule designation_change;
flow_rule designation_leave;
flow_rule designation_resume;

#endif
