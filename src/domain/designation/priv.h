/*
 * priv - the steps of a designation (designation.c) and what they do (deeds.c).
 */
#ifndef DOMAIN_DESIGNATION_PRIV_H
#define DOMAIN_DESIGNATION_PRIV_H

#include "domain/designation/designation.h"

/* Name, post, section and telephones: what 变更信息 asks. */
extern const struct field designation_change_fields[];

enum status designation_one_at_a_time(struct deed *deed);
enum status designation_begin(struct deed *deed);
enum status designation_end_on(struct deed *deed);
enum status designation_replace(struct deed *deed);
enum status designation_restore(struct deed *deed);
enum status designation_withdraw(struct deed *deed);
enum status designation_take_told(struct deed *deed);
enum status designation_change(struct deed *deed);
enum status designation_leave(struct deed *deed);

#endif
